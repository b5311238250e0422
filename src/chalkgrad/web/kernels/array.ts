// Arrays of any number of axes: a shape and its entries in order, the last axis fastest.
// Entries are doubles, whatever the dtype.

export type Arr = { shape: number[]; data: Float64Array };

export const size = (shape: number[]): number => shape.reduce((n, k) => n * k, 1);

export const zeros = (shape: number[]): Arr => ({ shape, data: new Float64Array(size(shape)) });

export const reshaped = (x: Arr, shape: number[]): Arr => ({ shape, data: x.data });

export const strides = (shape: number[]): number[] => {
  const steps = new Array<number>(shape.length).fill(1);
  for (let i = shape.length - 2; i >= 0; i--) steps[i] = steps[i + 1]! * shape[i + 1]!;
  return steps;
};

// A negative axis counts from the end.
export const axisOf = (axis: number, ndim: number): number => (axis < 0 ? axis + ndim : axis);

// The places that a walk over `shape` with these steps visits, from `start` on.
export const walk = (shape: number[], steps: number[], start = 0): Int32Array => {
  let at = Int32Array.of(start);
  shape.forEach((length, axis) => {
    const next = new Int32Array(at.length * length);
    for (let i = 0, k = 0; i < at.length; i++)
      for (let j = 0; j < length; j++) next[k++] = at[i]! + j * steps[axis]!;
    at = next;
  });
  return at;
};

export const sameShape = (a: number[], b: number[]): boolean =>
  a.length === b.length && a.every((n, i) => n === b[i]);

// Where each entry of the broadcast result comes from.
export const stretched = (from: number[], to: number[]): Int32Array => {
  const lead = to.length - from.length;
  const own = strides(from);
  return walk(
    to,
    to.map((_, i) => (i < lead || from[i - lead] === 1 ? 0 : own[i - lead]!)),
  );
};

export const broadcast = (shapes: number[][]): number[] => {
  const ndim = Math.max(0, ...shapes.map((s) => s.length));
  return Array.from({ length: ndim }, (_, i) => {
    const lengths = shapes.map((s) => s[i - ndim + s.length] ?? 1);
    return lengths.find((n) => n !== 1) ?? 1;
  });
};

export const picked = (x: Arr, at: Int32Array, shape: number[]): Arr => {
  const data = new Float64Array(at.length);
  for (let i = 0; i < at.length; i++) data[i] = x.data[at[i]!]!;
  return { shape, data };
};

export const broadcastTo = (x: Arr, shape: number[]): Arr =>
  sameShape(x.shape, shape) ? x : picked(x, stretched(x.shape, shape), shape);

export const permuted = (x: Arr, order: number[]): Arr => {
  const own = strides(x.shape);
  const shape = order.map((a) => x.shape[a]!);
  return picked(
    x,
    walk(
      shape,
      order.map((a) => own[a]!),
    ),
    shape,
  );
};

export const inverse = (order: number[]): number[] => {
  const back = new Array<number>(order.length);
  order.forEach((a, i) => (back[a] = i));
  return back;
};

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
