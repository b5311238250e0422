// Stacks of matrices, row by row, and what turns them: Jacobi's rotations.
import { permuted, range, type Arr } from "./array";
import { linesOf } from "./lines";

export type Matrix = Float64Array[];

export const matrices = (x: Arr): Matrix[] => {
  const m = x.shape[x.shape.length - 1]!;
  const { lines } = linesOf(x, [x.shape.length - 2, x.shape.length - 1]);
  return lines.map((line) => range(line.length / m).map((i) => line.slice(i * m, (i + 1) * m)));
};

export const flat = (made: Matrix[], shape: number[]): Arr => ({
  shape,
  data: Float64Array.from(made.flat().flatMap((row) => Array.from(row))),
});

export const unit = (n: number): Matrix =>
  range(n).map((i) => Float64Array.from(range(n), (j) => +(i === j)));

export const flipped = (m: Matrix): Matrix =>
  range(m[0]?.length ?? 0).map((j) => Float64Array.from(m, (row) => row[j]!));

export const lastTwoFlipped = (x: Arr): Arr => {
  const order = range(x.shape.length);
  order.push(...order.splice(-2).reverse());
  return permuted(x, order);
};

// ----- rotations -----

export const dotted = (a: Float64Array, b: Float64Array): number => a.reduce((s, x, i) => s + x * b[i]!, 0);

const SWEEPS = 60;

const turned = (a: Float64Array, b: Float64Array, c: number, s: number): void =>
  a.forEach((x, i) => {
    const y = b[i]!;
    a[i] = c * x - s * y;
    b[i] = c * y + s * x;
  });

// The smaller of the two angles that make (p r; r q) diagonal.
const angle = (p: number, q: number, r: number): [number, number] => {
  const zeta = (q - p) / (2 * r);
  const t = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
  return [1 / Math.hypot(1, t), t / Math.hypot(1, t)];
};

// Turns pairs of columns until all are orthogonal (Hestenes): A V = U S, as columns of U S and of V.
export const orthogonal = (m: Matrix): { us: Matrix; v: Matrix } => {
  const us = flipped(m);
  const v = unit(us.length);
  const turn = (i: number, j: number): boolean => {
    const [p, q, r] = [dotted(us[i]!, us[i]!), dotted(us[j]!, us[j]!), dotted(us[i]!, us[j]!)];
    if (Math.abs(r) <= 1e-16 * Math.sqrt(p * q)) return false;
    const [c, s] = angle(p, q, r);
    turned(us[i]!, us[j]!, c, s);
    turned(v[i]!, v[j]!, c, s);
    return true;
  };
  swept(us.length, turn);
  return { us, v };
};

const swept = (n: number, turn: (i: number, j: number) => boolean): void => {
  for (let sweep = 0, again = true; again && sweep < SWEEPS; sweep++) {
    again = false;
    for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) again = turn(i, j) || again;
  }
};

export const singular = (m: Matrix): number[] => {
  const lengths = orthogonal(m).us.map((c) => Math.sqrt(dotted(c, c)));
  return lengths.sort((a, b) => b - a).slice(0, Math.min(m.length, lengths.length));
};

// The eigenvalues of a symmetric matrix, from the smallest up (Jacobi).
export const symmetric = (m: Matrix): number[] => {
  const a = m.map((row) => row.slice());
  const scale = Math.sqrt(a.reduce((sum, row) => sum + dotted(row, row), 0));
  swept(a.length, (i, j) => {
    const r = a[i]![j]!;
    if (Math.abs(r) <= 1e-17 * scale) return false;
    const [c, s] = angle(a[i]![i]!, a[j]![j]!, r);
    turned(a[i]!, a[j]!, c, s);
    a.forEach((row) => ([row[i], row[j]] = [c * row[i]! - s * row[j]!, c * row[j]! + s * row[i]!]));
    return true;
  });
  return a.map((row, i) => row[i]!).sort((x, y) => x - y);
};
