// The same entries in another shape, order or number.
import {
  axisOf,
  broadcastTo,
  permuted,
  picked,
  range,
  reshaped,
  strides,
  walk,
  zeros,
  type Arr,
} from "./array";
import { along, joined, linesOf } from "./lines";
import type { Kernel } from "./node";

// ----- another shape: the node knows it -----

export const reshape: Kernel = ([x], { params, shape }) => {
  const order = params.order ?? "C";
  if (order === "F")
    return permuted(
      reshaped(permuted(x!, range(x!.shape.length).reverse()), [...shape].reverse()),
      range(shape.length).reverse(),
    );
  if (order !== "C") throw new Error(`reshape order ${order}`);
  return reshaped(x!, shape);
};
export const broadcast_to: Kernel = ([x], { shape }) => broadcastTo(x!, shape);

// ----- another order of axes -----

export const transpose: Kernel = ([x], { params }) => {
  const ndim = x!.shape.length;
  const axes: number[] = params.axes ?? range(ndim).reverse();
  return permuted(
    x!,
    axes.map((a) => axisOf(a, ndim)),
  );
};

export const swapaxes: Kernel = ([x], { params }) => {
  const order = range(x!.shape.length);
  const [a, b] = [axisOf(params.axis1, order.length), axisOf(params.axis2, order.length)];
  [order[a], order[b]] = [b, a];
  return permuted(x!, order);
};

const listed = (axis: number | number[], ndim: number): number[] => [axis].flat().map((a) => axisOf(a, ndim));

export const moved = (x: Arr, source: number | number[], destination: number | number[]): Arr => {
  const ndim = x.shape.length;
  const [from, to] = [listed(source, ndim), listed(destination, ndim)];
  const rest = range(ndim).filter((a) => !from.includes(a));
  return permuted(
    x,
    range(ndim).map((i) => (to.includes(i) ? from[to.indexOf(i)]! : rest.shift()!)),
  );
};
export const moveaxis: Kernel = ([x], { params }) => moved(x!, params.source, params.destination);

// ----- turned and shifted -----

const reversed = (line: Float64Array): Float64Array => line.slice().reverse();

export const flip: Kernel = ([x], { params }) => {
  const ndim = x!.shape.length;
  const axes = params.axis === undefined || params.axis === null ? range(ndim) : listed(params.axis, ndim);
  return axes.reduce((y, a) => along(y, a, reversed), x!);
};

const shifted =
  (shift: number) =>
  (line: Float64Array): Float64Array => {
    const n = line.length;
    return line.map((_, i) => line[(((i - shift) % n) + n) % n]!);
  };

export const roll: Kernel = ([x], { params, shape }) => {
  if (params.axis === undefined || params.axis === null)
    return reshaped(
      along(x!, null, shifted([params.shift].flat().reduce((a: number, b: number) => a + b, 0))),
      shape,
    );
  const axes = listed(params.axis, shape.length);
  const shifts: number[] = [params.shift].flat();
  const pairs = range(Math.max(axes.length, shifts.length)).map(
    (i) => [axes[i] ?? axes[0]!, shifts[i] ?? shifts[0]!] as const,
  );
  return pairs.reduce((y, [a, shift]) => along(y, a, shifted(shift)), x!);
};

export const rot90: Kernel = ([x], { params }) => {
  const ndim = x!.shape.length;
  const [a, b] = listed(params.axes ?? [0, 1], ndim) as [number, number];
  const order = range(ndim);
  [order[a], order[b]] = [b, a];
  const quarter = (y: Arr): Arr => along(permuted(y, order), a, reversed);
  return range((((params.k ?? 1) % 4) + 4) % 4).reduce(quarter, x!);
};

// ----- copies -----

export const tile: Kernel = ([x], { params, shape }) => {
  const own = [...new Array<number>(shape.length - x!.shape.length).fill(1), ...x!.shape];
  const reps: number[] = [params.reps].flat();
  const all = [...new Array<number>(shape.length - reps.length).fill(1), ...reps];
  const steps = strides(own);
  const pairs = own.flatMap(
    (n, i) =>
      [
        [all[i]!, 0],
        [n, steps[i]!],
      ] as [number, number][],
  );
  return picked(
    x!,
    walk(
      pairs.map(([n]) => n),
      pairs.map(([, s]) => s),
    ),
    shape,
  );
};

export const repeat: Kernel = ([x], { params, shape }) => {
  const given: number[] =
    typeof params.repeats === "number" ? [params.repeats] : Array.from((params.repeats as Arr).data);
  const times = (i: number): number => given[given.length === 1 ? 0 : i]!;
  const y = along(x!, params.axis ?? null, (line) =>
    Array.from(line).flatMap((e, i) => new Array<number>(times(i)).fill(e)),
  );
  return y.data.length ? y : zeros(shape);
};

// ----- put together -----

export const concatenate: Kernel = (args, { params, shape }) => {
  const axis: number | null = params.axis === undefined ? 0 : params.axis;
  if (axis === null) return { shape, data: joined(args.map((a) => a.data)) };
  const at = axisOf(axis, shape.length);
  const parts = args.map((a) => moved(a, at, 0));
  const rest = shape.filter((_, i) => i !== at);
  return moved({ shape: [shape[at]!, ...rest], data: joined(parts.map((p) => p.data)) }, 0, at);
};

export const stack: Kernel = (args, { params, shape }) => {
  const inner = args[0]!.shape;
  return moved(
    { shape: [args.length, ...inner], data: joined(args.map((a) => a.data)) },
    0,
    axisOf(params.axis ?? 0, shape.length),
  );
};

// ----- diagonals and triangles -----

const diagonalPlaces = (rows: number, columns: number, offset: number): [number, number][] => {
  const n = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  return range(n).map((i) => [i + Math.max(-offset, 0), i + Math.max(offset, 0)]);
};

const diagonals = (x: Arr, offset: number, axis1: number, axis2: number): Float64Array[] => {
  const { lines } = linesOf(x, [axisOf(axis1, x.shape.length), axisOf(axis2, x.shape.length)]);
  const [rows, columns] = [x.shape[axisOf(axis1, x.shape.length)]!, x.shape[axisOf(axis2, x.shape.length)]!];
  const places = diagonalPlaces(rows, columns, offset);
  return lines.map((line) => Float64Array.from(places, ([i, j]) => line[i * columns + j]!));
};

export const diagonal: Kernel = ([x], { params, shape }) => ({
  shape,
  data: joined(diagonals(x!, params.offset ?? 0, params.axis1 ?? 0, params.axis2 ?? 1)),
});

export const trace: Kernel = ([x], { params, shape }) => {
  const lines = diagonals(x!, params.offset ?? 0, params.axis1 ?? 0, params.axis2 ?? 1);
  return { shape, data: Float64Array.from(lines, (line) => line.reduce((a, b) => a + b, 0)) };
};

export const diag: Kernel = ([x], { params, shape }) => {
  if (x!.shape.length === 2) return { shape, data: joined(diagonals(x!, params.k ?? 0, 0, 1)) };
  const y = zeros(shape);
  diagonalPlaces(shape[0]!, shape[1]!, params.k ?? 0).forEach(
    ([i, j], n) => (y.data[i * shape[1]! + j] = x!.data[n]!),
  );
  return y;
};

const triangle =
  (keeps: (i: number, j: number, k: number) => boolean): Kernel =>
  ([x], { params, shape }) => {
    const [rows, columns] = shape.slice(-2) as [number, number];
    const whole = broadcastTo(x!, shape);
    const kept = (i: number): boolean => keeps(Math.floor(i / columns) % rows, i % columns, params.k ?? 0);
    return { shape, data: whole.data.map((e, i) => (kept(i) ? e : 0)) };
  };
export const tril = triangle((i, j, k) => j - i <= k);
export const triu = triangle((i, j, k) => j - i >= k);

// ----- windows: at each place, as many entries from there on as the window is long -----

export const sliding_window_view: Kernel = ([x], { params, shape }) => {
  const own = strides(x!.shape);
  const ndim = own.length;
  const lengths: number[] = [params.window_shape].flat();
  const axes = params.axis === undefined || params.axis === null ? range(ndim) : listed(params.axis, ndim);
  if (lengths.length !== axes.length)
    throw new Error(`windows of ${lengths.length} axes over ${axes.length}`);
  return picked(x!, walk(shape, [...own, ...axes.map((a) => own[a]!)]), shape);
};
