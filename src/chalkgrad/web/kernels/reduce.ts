// Many entries into one, along axes.
import type { Arr } from "./array";
import { along, linesOf } from "./lines";
import type { Kernel, Params } from "./node";

type OfLine = (line: Float64Array, params: Params) => number;

const reduction =
  (f: OfLine): Kernel =>
  ([x], { params, shape }): Arr => {
    const { lines } = linesOf(x!, params.axis);
    return { shape, data: Float64Array.from(lines, (line) => f(line, params)) };
  };

// Kahan's sum: no worse than NumPy's pairwise one. An infinite total has no remainder to carry.
export const total = (line: ArrayLike<number>): number => {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < line.length; i++) {
    const term = line[i]! - lost;
    const next = sum + term;
    lost = Number.isFinite(next) ? next - sum - term : 0;
    sum = next;
  }
  return sum;
};

// ----- sums and products -----

export const sum = reduction((line, { initial = 0 }) => initial + total(line));
export const prod = reduction((line, { initial = 1 }) => line.reduce((p, x) => p * x, initial));
export const mean = reduction((line) => total(line) / line.length);
export const count_nonzero = reduction((line) => line.reduce((n, x) => n + (x !== 0 ? 1 : 0), 0));
export const any = reduction((line) => +line.some((x) => x !== 0));
export const all = reduction((line) => +line.every((x) => x !== 0));

// ----- spread -----

const variance: OfLine = (line, { ddof = 0 }) => {
  const middle = total(line) / line.length;
  return total(line.map((x) => (x - middle) ** 2)) / Math.max(line.length - ddof, 0);
};
const spread = (f: OfLine): Kernel =>
  reduction((line, params) => {
    if (params.mean !== undefined || params.where !== undefined) throw new Error("var with mean or where");
    return f(line, params);
  });
const spreadOf = spread(variance);
export { spreadOf as var };
export const std = spread((line, params) => Math.sqrt(variance(line, params)));

// ----- extremes -----

const extreme = (better: (a: number, b: number) => number): Kernel =>
  reduction((line, { initial }) => line.reduce(better, initial ?? line[0]));
const present = (line: Float64Array): Float64Array => {
  const kept = line.filter((x) => !Number.isNaN(x));
  return kept.length ? kept : Float64Array.of(NaN);
};
const presentExtreme = (better: (a: number, b: number) => number): Kernel =>
  reduction((line, { initial }) => {
    const kept = present(line);
    return initial !== undefined && Number.isNaN(kept[0]) ? initial : kept.reduce(better, initial ?? kept[0]);
  });
const larger = (a: number, b: number): number => Math.max(a, b);
const smaller = (a: number, b: number): number => Math.min(a, b);

export const max = extreme(larger);
export const min = extreme(smaller);
export const nanmax = presentExtreme(larger);
export const nanmin = presentExtreme(smaller);

// The first of the best; a NaN counts as better than all.
const place = (wins: (x: number, best: number) => boolean, skipNaN: boolean): Kernel =>
  reduction((line) => {
    let best = -1;
    for (let i = 0; i < line.length; i++) {
      if (Number.isNaN(line[i])) {
        if (!skipNaN) return i;
      } else if (best < 0 || wins(line[i]!, line[best]!)) best = i;
    }
    if (best < 0) throw new Error("no entry to choose");
    return best;
  });
export const argmax = place((x, best) => x > best, false);
export const argmin = place((x, best) => x < best, false);
export const nanargmax = place((x, best) => x > best, true);
export const nanargmin = place((x, best) => x < best, true);

// ----- the middle and other ranks -----

const ranked = (line: Float64Array): Float64Array => line.slice().sort();
const hasNaN = (line: Float64Array): boolean => line.some(Number.isNaN);

// Between two neighbours in the sorted line, by straight interpolation.
const atRank = (line: Float64Array, q: number): number => {
  if (hasNaN(line)) return NaN;
  const sorted = ranked(line);
  const rank = q * (line.length - 1);
  const low = Math.floor(rank);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, line.length - 1)]!];
  return a === b ? a : a + (b - a) * (rank - low);
};
export const middle = (line: Float64Array): number => atRank(line, 0.5);
export const median = reduction(middle);

const quantiles =
  (scale: number): Kernel =>
  ([x], { params, shape }) => {
    if ((params.method ?? "linear") !== "linear") return byMethod([x!], { params, shape }, scale);
    const { lines } = linesOf(x!, params.axis);
    const qs: number[] = typeof params.q === "number" ? [params.q] : Array.from((params.q as Arr).data);
    return {
      shape,
      data: Float64Array.from(qs.flatMap((q) => lines.map((line) => atRank(line, q / scale)))),
    };
  };
const PICKS: Record<string, (rank: number) => number> = { lower: Math.floor, higher: Math.ceil };
const byMethod = ([x]: Arr[], { params, shape }: { params: Params; shape: number[] }, scale: number): Arr => {
  const pick = PICKS[params.method as string];
  if (!pick || typeof params.q !== "number") throw new Error(`quantile method ${params.method}`);
  const { lines } = linesOf(x!, params.axis);
  const data = lines.map((line) =>
    hasNaN(line) ? NaN : ranked(line)[pick((params.q / scale) * (line.length - 1))]!,
  );
  return { shape, data: Float64Array.from(data) };
};
export const quantile = quantiles(1);
export const percentile = quantiles(100);

// ----- running -----

const running =
  (step: (before: number, x: number) => number): Kernel =>
  ([x], { params }) =>
    along(x!, params.axis ?? null, (line) => {
      const made = line.slice();
      for (let i = 1; i < made.length; i++) made[i] = step(made[i - 1]!, made[i]!);
      return made;
    });
export const cumsum = running((before, x) => before + x);
export const cumprod = running((before, x) => before * x);
