// Sorting, and places in what is sorted.
import { axisOf, broadcast, broadcastTo, range, reshaped, strides, type Arr } from "./array";
import { along, linesOf } from "./lines";
import type { Kernel } from "./node";

const axisGiven = (axis: number | null | undefined): number | null => (axis === undefined ? -1 : axis);

// NaN comes last, as in NumPy; equal entries keep their order.
const compare = (a: number, b: number): number =>
  Number.isNaN(a) ? +!Number.isNaN(b) : Number.isNaN(b) ? -1 : a - b || 0;
const before = (a: number, b: number): number => (a === b ? 0 : compare(a, b));
const ranks = (line: Float64Array): number[] => range(line.length).sort((i, j) => before(line[i]!, line[j]!));

const alongGiven = (x: Arr, axis: number | null, f: (line: Float64Array) => ArrayLike<number>): Arr =>
  along(x, axis === null ? null : axisOf(axis, x.shape.length), f);

export const sort: Kernel = ([x], { params }) =>
  alongGiven(x!, axisGiven(params.axis), (line) => ranks(line).map((i) => line[i]!));
export const argsort: Kernel = ([x], { params }) => alongGiven(x!, axisGiven(params.axis), ranks);

export const take_along_axis: Kernel = ([x, indices], { params, shape }) => {
  const axis = axisGiven(params.axis);
  const flat = axis === null;
  const [a, at] = flat
    ? [reshaped(x!, [x!.data.length]), reshaped(indices!, [indices!.data.length])]
    : [x!, indices!];
  const k = axisOf(axis ?? 0, a.shape.length);
  const outer = broadcast([a.shape, at.shape].map((s) => s.map((n, i) => (i === k ? 1 : n))));
  const wide = (y: Arr): Arr =>
    broadcastTo(
      y,
      outer.map((n, i) => (i === k ? y.shape[k]! : n)),
    );
  const read = linesOf(wide(a), k).lines;
  const { lines, back } = linesOf(wide(at), k);
  return reshaped(
    back(lines.map((line, n) => line.map((i) => read[n]![i < 0 ? i + read[n]!.length : i]!))),
    shape,
  );
};

// How many entries of the sorted line come before x.
const position = (line: Float64Array, x: number, right: boolean): number => {
  const i = line.findIndex((e) => (right ? before(e, x) > 0 : before(e, x) >= 0));
  return i < 0 ? line.length : i;
};

export const searchsorted: Kernel = ([line, x], { params, shape }) => ({
  shape,
  data: x!.data.map((e) => position(line!.data, e, params.side === "right")),
});

export const digitize: Kernel = ([x, bins], { params, shape }) => {
  const edges = bins!.data;
  const falls = edges.length > 1 && edges[0]! > edges[edges.length - 1]!;
  const rising = falls ? edges.slice().reverse() : edges;
  const found = x!.data.map((e) => position(rising, e, falls ? !!params.right : !params.right));
  return { shape, data: falls ? found.map((i) => edges.length - i) : found };
};

export const isin: Kernel = ([x, set], { params, shape }) => {
  const known = new Set(set!.data);
  return { shape, data: x!.data.map((e) => +(known.has(e) && !Number.isNaN(e) !== !!params.invert)) };
};

// The last key decides first; where it ties, the one before it.
export const lexsort: Kernel = (keys, { params, shape }) => {
  const lines = keys.map((key) => linesOf(key, params.axis ?? -1).lines);
  const sorted = lines[0]!.map((line, n) =>
    range(line.length).sort((i, j) =>
      lines.reduceRight((c, key) => c || before(key[n]![i]!, key[n]![j]!), 0),
    ),
  );
  return reshaped(linesOf(keys[0]!, params.axis ?? -1).back(sorted), shape);
};

export const bincount: Kernel = ([x, weights], { shape }) => {
  const data = new Float64Array(shape[0]!);
  x!.data.forEach((place, i) => {
    if (!(place in data)) throw new Error(`bincount of ${place} in ${data.length}`);
    data[place]! += weights ? weights.data[i]! : 1;
  });
  return { shape, data };
};

// The places of all entries that are not zero, one row each.
export const argwhere: Kernel = ([x]) => {
  const own = strides(x!.shape);
  const hits = range(x!.data.length).filter((i) => x!.data[i] !== 0);
  const rows = hits.flatMap((i) => x!.shape.map((n, axis) => Math.floor(i / own[axis]!) % n));
  return { shape: [hits.length, x!.shape.length], data: Float64Array.from(rows) };
};
