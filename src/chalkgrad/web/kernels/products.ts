// Products of vectors, matrices and arrays of more axes.
import {
  axisOf,
  broadcast,
  permuted,
  picked,
  range,
  reshaped,
  size,
  stretched,
  strides,
  walk,
  zeros,
  type Arr,
} from "./array";
import type { Kernel } from "./node";
import { moved } from "./shape";

// The plain product of an n×k and a k×m matrix that start somewhere in their data.
const multiply = (
  a: Float64Array,
  b: Float64Array,
  n: number,
  k: number,
  m: number,
  into: Float64Array,
): void => {
  for (let i = 0; i < n; i++)
    for (let l = 0; l < k; l++) {
      const x = a[i * k + l]!;
      for (let j = 0; j < m; j++) into[i * m + j]! += x * b[l * m + j]!;
    }
};

// ----- matmul: the last two axes, broadcast over the others -----

export const matmul: Kernel = ([a, b], { shape }) => {
  const left = a!.shape.length === 1 ? reshaped(a!, [1, a!.shape[0]!]) : a!;
  const right = b!.shape.length === 1 ? reshaped(b!, [b!.shape[0]!, 1]) : b!;
  const [n, k] = left.shape.slice(-2) as [number, number];
  const m = right.shape[right.shape.length - 1]!;
  const [leftStack, rightStack] = [left.shape.slice(0, -2), right.shape.slice(0, -2)];
  const stack = broadcast([leftStack, rightStack]);
  const [from, to] = [stretched(leftStack, stack), stretched(rightStack, stack)];
  const y = zeros(shape);
  for (let s = 0; s < size(stack); s++) {
    const one = left.data.subarray(from[s]! * n * k),
      other = right.data.subarray(to[s]! * k * m);
    multiply(one, other, n, k, m, y.data.subarray(s * n * m, (s + 1) * n * m));
  }
  return y;
};

// ----- sums over chosen axes -----

const contracted = (a: Arr, b: Arr, left: number[], right: number[], shape: number[]): Arr => {
  const free = range(a.shape.length).filter((i) => !left.includes(i));
  const freeB = range(b.shape.length).filter((i) => !right.includes(i));
  const [one, other] = [permuted(a, [...free, ...left]), permuted(b, [...right, ...freeB])];
  const k = size(left.map((i) => a.shape[i]!));
  const y = zeros(shape);
  multiply(
    one.data,
    other.data,
    size(free.map((i) => a.shape[i]!)),
    k,
    size(freeB.map((i) => b.shape[i]!)),
    y.data,
  );
  return y;
};

export const dot: Kernel = ([a, b], { shape }) => {
  const [n, m] = [a!.shape.length, b!.shape.length];
  if (n === 0) return { shape, data: b!.data.map((x) => x * a!.data[0]!) };
  if (m === 0) return { shape, data: a!.data.map((x) => x * b!.data[0]!) };
  return contracted(a!, b!, [n - 1], [Math.max(m - 2, 0)], shape);
};

export const tensordot: Kernel = ([a, b], { params, shape }) => {
  const axes = params.axes ?? 2;
  const [n, m] = [a!.shape.length, b!.shape.length];
  if (typeof axes === "number") return contracted(a!, b!, range(n).slice(n - axes), range(axes), shape);
  const [left, right] = axes.map((side: number | number[]) => [side].flat()) as [number[], number[]];
  return contracted(
    a!,
    b!,
    left.map((i) => axisOf(i, n)),
    right.map((i) => axisOf(i, m)),
    shape,
  );
};

export const outer: Kernel = ([a, b], { shape }) => {
  const y = zeros(shape);
  multiply(a!.data, b!.data, a!.data.length, 1, b!.data.length, y.data);
  return y;
};

// ----- einsum: a walk over all letters, adding products where the result's letters say -----

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

const explicit = (subscripts: string, args: Arr[]): { inputs: string[]; result: string } => {
  const [left = "", right] = subscripts.split("->");
  const spare = [...LETTERS].filter((c) => !subscripts.includes(c));
  const dotted = left
    .split(",")
    .map((s, i) => (s.includes("...") ? args[i]!.shape.length - (s.length - 3) : 0));
  const dots = spare.slice(0, Math.max(...dotted)).join("");
  const inputs = left.split(",").map((s, i) => s.replace("...", dots.slice(dots.length - dotted[i]!)));
  const once = [...new Set(left.replace(/[.,]/g, ""))]
    .filter((c) => left.split(c).length === 2)
    .sort()
    .join("");
  const result = right ?? (left.includes("...") ? "..." : "") + once;
  return { inputs, result: result.replace("...", dots) };
};

export const einsum: Kernel = (args, { params, shape }) => {
  const { inputs, result } = explicit(params.subscripts, args);
  const lengths = new Map<string, number>();
  inputs.forEach((s, i) =>
    [...s].forEach((c, k) => lengths.set(c, Math.max(args[i]!.shape[k]!, lengths.get(c) ?? 1))),
  );
  const letters = [...new Set([...result, ...lengths.keys()])];
  const space = letters.map((c) => lengths.get(c)!);
  const steps = (s: string, own: number[], dims: number[]): number[] =>
    letters.map((c) => [...s].reduce((sum, d, k) => sum + (d === c && dims[k] !== 1 ? own[k]! : 0), 0));
  const reads = inputs.map((s, i) => walk(space, steps(s, strides(args[i]!.shape), args[i]!.shape)));
  const writes = walk(space, steps(result, strides(shape), shape));
  const y = zeros(shape);
  writes.forEach((to, i) => {
    let product = 1;
    for (let k = 0; k < args.length; k++) product *= args[k]!.data[reads[k]![i]!]!;
    y.data[to]! += product;
  });
  return y;
};

// ----- the rest -----

const padded = (x: Arr, ndim: number): number[] => [
  ...new Array<number>(ndim - x.shape.length).fill(1),
  ...x.shape,
];

export const kron: Kernel = ([a, b], { shape }) => {
  const [one, other] = [padded(a!, shape.length), padded(b!, shape.length)];
  const [own, ownB] = [strides(one), strides(other)];
  const space = one.flatMap((n, i) => [n, other[i]!]);
  const left = picked(
    a!,
    walk(
      space,
      own.flatMap((s) => [s, 0]),
    ),
    shape,
  );
  const right = walk(
    space,
    ownB.flatMap((s) => [0, s]),
  );
  return { shape, data: left.data.map((x, i) => x * b!.data[right[i]!]!) };
};

export const cross: Kernel = ([a, b], { params, shape }) => {
  if (["axisa", "axisb", "axisc"].some((k) => (params[k] ?? -1) !== -1))
    throw new Error("cross with axes of its own");
  const axis = axisOf(params.axis ?? -1, shape.length);
  const [u, v] = [a!, b!].map((x) => moved(x, axisOf(params.axis ?? -1, x.shape.length), -1)) as [Arr, Arr];
  if (u.shape[u.shape.length - 1] !== 3 || v.shape[v.shape.length - 1] !== 3)
    throw new Error("cross of other than 3-vectors");
  const common = broadcast([u.shape, v.shape]);
  const [x, y] = [u, v].map((w) => picked(w, stretched(w.shape, common), common).data) as [
    Float64Array,
    Float64Array,
  ];
  const data = x.map((_, i) => {
    const [k, o] = [i % 3, i - (i % 3)];
    const [p, q] = [o + ((k + 1) % 3), o + ((k + 2) % 3)];
    return x[p]! * y[q]! - x[q]! * y[p]!;
  });
  return moved({ shape: common, data }, -1, axis);
};

export const convolve: Kernel = ([a, v], { params, shape }) => {
  const [n, m] = [a!.data.length, v!.data.length];
  const full = new Float64Array(n + m - 1);
  a!.data.forEach((x, i) => v!.data.forEach((y, j) => (full[i + j]! += x * y)));
  const mode = params.mode ?? "full";
  const least = Math.min(n, m) - 1;
  const start = mode === "full" ? 0 : mode === "same" ? Math.floor(least / 2) : least;
  return { shape, data: full.subarray(start, start + size(shape)).slice() };
};

// ----- convolution: all windows as rows of one matrix, times the weights -----

// Zeros around the places, or fewer of them where the padding is below 0.
const surrounded = (x: Arr, padding: [number, number][]): Arr => {
  const margins = [[0, 0], ...padding, [0, 0]];
  const padded = zeros(x.shape.map((n, i) => n + margins[i]![0]! + margins[i]![1]!));
  const [from, to] = [strides(x.shape), strides(padded.shape)];
  const place = (i: number, axis: number): number =>
    (Math.floor(i / from[axis]!) % x.shape[axis]!) + margins[axis]![0]!;
  x.data.forEach((e, i) => {
    const at = x.shape.map((_, axis) => place(i, axis));
    if (at.every((p, axis) => p >= 0 && p < padded.shape[axis]!))
      padded.data[at.reduce((sum, p, axis) => sum + p * to[axis]!, 0)] = e;
  });
  return padded;
};

export const conv: Kernel = ([x, W], { params, shape }) => {
  const axes = range(x!.shape.length - 2);
  const whole = params.padding ? surrounded(x!, params.padding) : x!;
  const own = strides(whole.shape);
  const sizes = (name: string): number[] => params[name] ?? axes.map(() => 1);
  const [moves, apart] = [sizes("strides"), sizes("dilation")];
  const places = shape.slice(0, -1);
  const window = W!.shape.slice(0, -1);
  const steps = [
    own[0]!,
    ...axes.map((i) => own[i + 1]! * moves[i]!),
    ...axes.map((i) => own[i + 1]! * apart[i]!),
    1,
  ];
  const k = size(window);
  const seen = picked(whole, walk([...places, ...window], steps), [size(places), k]);
  const y = zeros(shape);
  multiply(seen.data, W!.data, size(places), k, shape[shape.length - 1]!, y.data);
  return y;
};
