// Square systems, determinants and norms, matrix by matrix.
import { axisOf, permuted, range, reshaped, zeros, type Arr } from "./array";
import { linesOf } from "./lines";
import { flat, matrices, singular, unit, type Matrix } from "./matrix";
import type { Kernel, Params } from "./node";
import { total } from "./reduce";

// ----- Gauss: elimination with the largest pivot; what stands to the right is carried along -----

type Eliminated = { rows: Matrix; sign: number; pivots: number[] };

const eliminated = (rows: Matrix): Eliminated => {
  const n = rows.length;
  let sign = 1;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[best]![k]!)) best = i;
    if (best !== k) {
      [rows[k], rows[best]] = [rows[best]!, rows[k]!];
      sign = -sign;
    }
    const pivot = rows[k]![k]!;
    if (pivot !== 0) for (let i = k + 1; i < n; i++) subtract(rows[i]!, rows[k]!, rows[i]![k]! / pivot);
  }
  return { rows, sign, pivots: rows.map((row, i) => row[i]!) };
};

const subtract = (row: Float64Array, other: Float64Array, factor: number): void => {
  if (factor !== 0) other.forEach((x, j) => (row[j]! -= factor * x));
};

const solved = (a: Matrix, b: Matrix): Matrix => {
  const n = a.length;
  const { rows, pivots } = eliminated(a.map((row, i) => Float64Array.of(...row, ...b[i]!)));
  if (pivots.includes(0)) throw new Error("singular matrix");
  for (let k = n - 1; k >= 0; k--) {
    for (let i = 0; i < k; i++) subtract(rows[i]!, rows[k]!, rows[i]![k]! / pivots[k]!);
    rows[k] = rows[k]!.map((x) => x / pivots[k]!);
  }
  return rows.map((row) => row.slice(n));
};

export const inv: Kernel = ([x], { shape }) =>
  flat(
    matrices(x!).map((m) => solved(m, unit(m.length))),
    shape,
  );

export const solve: Kernel = ([a, b], { shape }) => {
  const vector = b!.shape.length === 1;
  const [left, right] = [matrices(a!), matrices(vector ? reshaped(b!, [b!.shape[0]!, 1]) : b!)];
  if (left.length !== right.length && left.length !== 1 && right.length !== 1)
    throw new Error("stacks of other sizes");
  const n = Math.max(left.length, right.length);
  return flat(
    range(n).map((i) => solved(left[left.length === 1 ? 0 : i]!, right[right.length === 1 ? 0 : i]!)),
    shape,
  );
};

const determinant =
  (f: (e: Eliminated) => number): Kernel =>
  ([x], { shape }) => ({
    shape,
    data: Float64Array.from(matrices(x!), (m) => f(eliminated(m))),
  });
export const det = determinant(({ sign, pivots }) => pivots.reduce((p, x) => p * x, sign));
export const slogdet_sign = determinant(({ sign, pivots }) =>
  pivots.reduce((p, x) => p * Math.sign(x), sign),
);
export const slogdet_log = determinant(({ pivots }) => pivots.reduce((s, x) => s + Math.log(Math.abs(x)), 0));

// ----- Cholesky: row by row -----

const lower = (m: Matrix): Matrix => {
  const l = m.map((row) => new Float64Array(row.length));
  m.forEach((row, i) => {
    for (let j = 0; j <= i; j++) {
      const rest = row[j]! - l[i]!.slice(0, j).reduce((s, x, k) => s + x * l[j]![k]!, 0);
      if (i === j && !(rest > 0)) throw new Error("matrix is not positive definite");
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!;
    }
  });
  return l;
};
export const cholesky: Kernel = ([x], { params, shape }) => {
  if (params.upper) throw new Error("cholesky with upper");
  return flat(matrices(x!).map(lower), shape);
};

// ----- norms -----

const largest = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => Math.max(a, b), -Infinity);
const least = (xs: ArrayLike<number>): number => Array.from(xs).reduce((a, b) => Math.min(a, b), Infinity);

const euclid = (line: Float64Array): number => {
  const top = largest(line.map(Math.abs));
  return top === 0 || !Number.isFinite(top) ? top : top * Math.sqrt(total(line.map((x) => (x / top) ** 2)));
};

const ofVector = (line: Float64Array, ord: number | null): number => {
  const sizes = line.map(Math.abs);
  if (ord === null || ord === 2) return line.length ? euclid(line) : 0;
  if (ord === Infinity) return largest(sizes);
  if (ord === -Infinity) return least(sizes);
  if (ord === 0) return sizes.reduce((n, x) => n + +(x !== 0), 0);
  return total(sizes.map((x) => x ** ord)) ** (1 / ord);
};

const sums = (m: Matrix, byColumn: boolean): number[] =>
  byColumn
    ? range(m[0]!.length).map((j) => total(m.map((row) => Math.abs(row[j]!))))
    : m.map((row) => total(row.map(Math.abs)));

const ofMatrix = (m: Matrix, ord: number | string | null): number => {
  if (ord === null || ord === "fro") return euclid(Float64Array.from(m.flatMap((row) => Array.from(row))));
  if (ord === "nuc") return total(singular(m));
  if (ord === 2 || ord === -2) return (ord > 0 ? largest : least)(singular(m));
  if (ord === 1 || ord === -1) return (ord > 0 ? largest : least)(sums(m, true));
  if (ord === Infinity || ord === -Infinity) return (ord > 0 ? largest : least)(sums(m, false));
  throw new Error(`matrix norm ${ord}`);
};

const normOf = (x: Arr, { ord = null, axis = null }: Params): number[] => {
  const ndim = x.shape.length;
  const axes: number[] | null = axis === null ? null : [axis].flat().map((a: number) => axisOf(a, ndim));
  if (axes === null && ord === null) return [euclid(x.data)];
  if ((axes?.length ?? ndim) === 1) return linesOf(x, axes).lines.map((line) => ofVector(line, ord));
  const order = axes === null ? range(ndim) : [...range(ndim).filter((a) => !axes.includes(a)), ...axes];
  return matrices(permuted(x, order)).map((m) => ofMatrix(m, ord));
};
export const norm: Kernel = ([x], { params, shape }) => ({
  shape,
  data: Float64Array.from(normOf(x!, params)),
});

export const matrix_power: Kernel = ([x], { params, shape }) => {
  const power = (m: Matrix): Matrix => {
    const base = params.n < 0 ? solved(m, unit(m.length)) : m;
    return range(Math.abs(params.n)).reduce((y) => times(y, base), unit(m.length));
  };
  return x!.data.length ? flat(matrices(x!).map(power), shape) : zeros(shape);
};
const times = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) =>
    Float64Array.from(range(b[0]!.length), (j) => row.reduce((s, x, k) => s + x * b[k]![j]!, 0)),
  );
