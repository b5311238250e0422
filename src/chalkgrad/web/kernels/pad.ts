// Entries around an array, one axis after the other.
import { range, type Arr } from "./array";
import { along } from "./lines";
import type { Kernel, Params } from "./node";
import { middle, total } from "./reduce";

type Widen = (line: Float64Array, before: number, after: number, ends: [number, number]) => number[];

// ----- by place: which entry stands at i, for i from −before on -----

const modulo = (i: number, n: number): number => ((i % n) + n) % n;

const PLACE: Record<string, (i: number, n: number) => number> = {
  edge: (i, n) => Math.min(Math.max(i, 0), n - 1),
  wrap: modulo,
  symmetric: (i, n) => (modulo(i, 2 * n) < n ? modulo(i, 2 * n) : 2 * n - 1 - modulo(i, 2 * n)),
  reflect: (i, n) =>
    n === 1 ? 0 : modulo(i, 2 * n - 2) < n ? modulo(i, 2 * n - 2) : 2 * n - 2 - modulo(i, 2 * n - 2),
};

// ----- by value: what stands before and after -----

const VALUE: Record<string, (line: Float64Array) => number> = {
  mean: (line) => total(line) / line.length,
  median: middle,
  maximum: (line) => line.reduce((a, b) => Math.max(a, b), -Infinity),
  minimum: (line) => line.reduce((a, b) => Math.min(a, b), Infinity),
};

const ramp = (from: number, to: number, n: number): number[] =>
  range(n).map((i) => from + ((to - from) * i) / n);

const widened =
  (mode: string): Widen =>
  (line, before, after, [first, last]) => {
    const place = PLACE[mode];
    const n = line.length;
    if (place) return range(before + n + after).map((i) => line[place(i - before, n)]!);
    if (mode === "linear_ramp")
      return [...ramp(first, line[0]!, before), ...line, ...ramp(last, line[n - 1]!, after).reverse()];
    const value = VALUE[mode];
    const [left, right] = value ? [value(line), value(line)] : [first, last];
    return [...new Array<number>(before).fill(left), ...line, ...new Array<number>(after).fill(right)];
  };

// A width or a value for all axes, for both sides, or for each axis and side.
const pairs = (given: any, ndim: number): [number, number][] => {
  const list: any[] = typeof given === "number" ? [given] : "data" in given ? listed(given as Arr) : given;
  const rows = list.some(Array.isArray) ? list.map((r) => [r].flat()) : [list];
  return range(ndim).map((i) => {
    const row: number[] = rows[rows.length === 1 ? 0 : i]!;
    return [row[0]!, row[row.length - 1]!];
  });
};
const listed = ({ shape, data }: Arr): unknown[] =>
  shape.length < 2
    ? Array.from(data)
    : range(shape[0]!).map((i) => Array.from(data.subarray(i * shape[1]!, (i + 1) * shape[1]!)));

const KNOWN = ["constant", "linear_ramp", ...Object.keys(PLACE), ...Object.keys(VALUE)];
const REFUSED = ["stat_length", "reflect_type"];

export const pad: Kernel = ([x], { params, shape }) => {
  const mode: string = params.mode ?? "constant";
  if (!KNOWN.includes(mode) || REFUSED.some((k) => k in params) || params.pad_width instanceof Map)
    throw new Error(`pad ${mode}`);
  const widths = pairs(params.pad_width, shape.length);
  const ends = pairs(endsOf(params), shape.length);
  const widen = widened(mode);
  return widths.reduce(
    (y, [before, after], axis) => along(y, axis, (line) => widen(line, before, after, ends[axis]!)),
    x!,
  );
};

const endsOf = ({ constant_values, end_values }: Params): unknown => constant_values ?? end_values ?? 0;
