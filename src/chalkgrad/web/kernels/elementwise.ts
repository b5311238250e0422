// One function of entries over whole arrays, broadcast. Shapes are fixed, so the places are worked out once.
import { sameShape, size, stretched, type Arr } from "./array";
import { isFloat, kindOf } from "./dtype";
import type { Kernel, Node, Params } from "./node";

export type Entry = (...entries: any[]) => number | boolean;

// NumPy computes in single precision where every array is single: Python's numbers are rounded to it first.
const inSingle = (nodes: Node[]): boolean => {
  const arrays = nodes.filter((n) => !n.weak);
  const wide = arrays.some((n) => (isFloat(n.dtype) ? kindOf(n.dtype) === "f8" : /[iu][48]/.test(n.dtype)));
  return !wide && arrays.some((n) => kindOf(n.dtype) === "f4");
};

export const elementwise = (f: Entry, node: Node, argNodes: Node[]): Kernel => {
  const { shape, params } = node;
  const n = size(shape);
  const maps = argNodes.map((a) => (sameShape(a.shape, shape) ? null : stretched(a.shape, shape)));
  const weak = argNodes.map((a) => a.weak && isFloat(a.dtype));
  const single = inSingle(argNodes);
  const read = (x: Arr, k: number): Float64Array => {
    const data = single && weak[k] ? x.data.map(Math.fround) : x.data;
    const map = maps[k];
    return map ? Float64Array.from(map, (at) => data[at]!) : data;
  };
  return (args) => ({ shape, data: applied(f, args.map(read), n, params) });
};

const applied = (f: Entry, columns: Float64Array[], n: number, params: Params): Float64Array => {
  const data = new Float64Array(n);
  const [a, b] = columns as [Float64Array, Float64Array];
  if (columns.length === 1) for (let i = 0; i < n; i++) data[i] = +f(a[i], params);
  else if (columns.length === 2) for (let i = 0; i < n; i++) data[i] = +f(a[i], b[i], params);
  else for (let i = 0; i < n; i++) data[i] = +f(...columns.map((c) => c[i]), params);
  return data;
};

// True and false have another complement than whole numbers.
export const invert: Kernel = ([x], { shape, dtype }) => ({
  shape,
  data: x!.data.map(kindOf(dtype) === "b1" ? (e) => 1 - e : (e) => -1 - e),
});
