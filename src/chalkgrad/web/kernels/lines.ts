// An array as lines along some of its axes, and back.
import { axisOf, inverse, permuted, range, reshaped, size, type Arr } from "./array";

export type Axes = number | number[] | null | undefined;

const listed = (axis: Axes, ndim: number): number[] =>
  (axis === null || axis === undefined ? range(ndim) : Array.isArray(axis) ? axis : [axis]).map((a) =>
    axisOf(a, ndim),
  );

export type Lines = { lines: Float64Array[]; back: (lines: ArrayLike<number>[]) => Arr };

// Each line holds the entries over `axis`; `back` puts lines of any length where those stood (one axis only).
export const linesOf = (x: Arr, axis: Axes): Lines => {
  const axes = listed(axis, x.shape.length);
  const order = [...range(x.shape.length).filter((a) => !axes.includes(a)), ...axes];
  const laid = permuted(x, order);
  const outer = laid.shape.slice(0, order.length - axes.length);
  const length = size(laid.shape.slice(order.length - axes.length));
  const lines = range(size(outer)).map((i) => laid.data.subarray(i * length, (i + 1) * length));
  const back = (made: ArrayLike<number>[]): Arr =>
    permuted({ shape: [...outer, made[0]?.length ?? 0], data: joined(made) }, inverse(order));
  return { lines, back };
};

export const joined = (lines: ArrayLike<number>[]): Float64Array => {
  const data = new Float64Array(lines.reduce((n, line) => n + line.length, 0));
  let at = 0;
  for (const line of lines) {
    data.set(line, at);
    at += line.length;
  }
  return data;
};

// A function of a line that makes as many entries, along one axis or over the flattened array.
export const along = (x: Arr, axis: number | null, f: (line: Float64Array) => ArrayLike<number>): Arr => {
  const flat = axis === null ? reshaped(x, [x.data.length]) : x;
  const { lines, back } = linesOf(flat, axis ?? 0);
  return back(lines.map(f));
};
