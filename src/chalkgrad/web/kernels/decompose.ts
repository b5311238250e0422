// Matrices as products of others: singular values, eigenvalues, QR, the pseudo-inverse.
import { range, type Arr } from "./array";
import {
  dotted,
  flat,
  flipped,
  lastTwoFlipped,
  matrices,
  orthogonal,
  singular,
  symmetric,
  unit,
  type Matrix,
} from "./matrix";
import type { Kernel, Params } from "./node";

const EPSILON = Number.EPSILON;

const without = (params: Params, ...names: string[]): void => {
  for (const name of names) if (params[name]) throw new Error(`${name} given`);
};

export const svdvals: Kernel = ([x], { shape }) => ({
  shape,
  data: Float64Array.from(matrices(x!).flatMap(singular)),
});

export const matrix_rank: Kernel = ([x], { params, shape }) => {
  without(params, "tol", "rtol", "hermitian");
  const rank = (m: Matrix): number => {
    const values = singular(m);
    const cut = values[0]! * Math.max(m.length, m[0]!.length) * EPSILON;
    return values.filter((s) => s > cut).length;
  };
  return { shape, data: Float64Array.from(matrices(x!), rank) };
};

// ----- the pseudo-inverse: V S⁻¹ Uᵀ over the singular values that count -----

const inverted = (m: Matrix, cut: number): Matrix => {
  const { us, v } = orthogonal(m);
  const squares = us.map((c) => dotted(c, c));
  const least = cut * Math.sqrt(Math.max(...squares));
  const kept = range(us.length).filter((k) => Math.sqrt(squares[k]!) > least);
  return range(us.length).map((i) =>
    Float64Array.from(range(m.length), (j) =>
      kept.reduce((s, k) => s + (v[k]![i]! * us[k]![j]!) / squares[k]!, 0),
    ),
  );
};

export const pinv: Kernel = ([x], { params, shape }) => {
  without(params, "hermitian");
  const cut = params.rcond ?? params.rtol ?? 1e-15;
  if (typeof cut !== "number") throw new Error("one cut for each matrix");
  const [rows, columns] = x!.shape.slice(-2) as [number, number];
  if (rows >= columns)
    return flat(
      matrices(x!).map((m) => inverted(m, cut)),
      shape,
    );
  return flat(
    matrices(lastTwoFlipped(x!)).map((m) => flipped(inverted(m, cut))),
    shape,
  );
};

// ----- eigenvalues: only one triangle is read -----

export const eigvalsh: Kernel = ([x], { params, shape }) => {
  const upper = params.UPLO === "U";
  const mirrored = (m: Matrix): Matrix =>
    m.map((row, i) => row.map((_, j) => (j < i === upper ? m[j]![i]! : m[i]![j]!)));
  return { shape, data: Float64Array.from(matrices(x!).flatMap((m) => symmetric(mirrored(m)))) };
};

// ----- QR by Householder's reflections, with LAPACK's signs -----

const reflection = (column: Float64Array, k: number): Float64Array | null => {
  const u = column.map((e, i) => (i < k ? 0 : e));
  if (u.every((e, i) => i <= k || e === 0)) return null;
  u[k]! += (u[k]! < 0 ? -1 : 1) * Math.sqrt(dotted(u, u));
  return u;
};

const reflected = (columns: Matrix, u: Float64Array): void => {
  const square = dotted(u, u);
  for (const column of columns) {
    const factor = (2 * dotted(u, column)) / square;
    u.forEach((e, i) => (column[i]! -= factor * e));
  }
};

const factors = (m: Matrix): { q: Matrix; r: Matrix } => {
  const [columns, least] = [flipped(m), Math.min(m.length, m[0]!.length)];
  const mirrors = range(least).map((k) => {
    const u = reflection(columns[k]!, k);
    if (u) reflected(columns, u);
    return u;
  });
  const q = unit(m.length).slice(0, least);
  mirrors.reverse().forEach((u) => u && reflected(q, u));
  const r = flipped(columns)
    .slice(0, least)
    .map((row, i) => row.map((e, j) => (j < i ? 0 : e)));
  return { q: flipped(q), r };
};

const qr =
  (take: (f: { q: Matrix; r: Matrix }) => Matrix): Kernel =>
  ([x], { shape }): Arr =>
    flat(
      matrices(x!).map((m) => take(factors(m))),
      shape,
    );
export const qr_q = qr(({ q }) => q);
export const qr_r = qr(({ r }) => r);
