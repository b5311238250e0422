// Reading and writing parts of an array as functions, and the adjoint of reading.
import { broadcastTo, picked, zeros, type Arr } from "./array";
import { kindOf } from "./dtype";
import type { Node, Part } from "./node";
import { placesOf, type Places } from "./places";

// Which of the arrays in an index are masks is a matter of their dtypes:
// these kernels see the argument nodes too.
export type PlaceKernel = (args: Arr[], node: Node, argNodes: Node[]) => Arr;

const isMask = (node: Node): boolean => kindOf(node.dtype) === "b1";

const placed = (shape: number[], index: Part[], from: number, args: Arr[], nodes: Node[]): Places =>
  placesOf(shape, index, args.slice(from), nodes.slice(from).map(isMask));

// An assignment lets go of axes of length one in front.
const fitted = (v: Arr, shape: number[]): Arr => {
  const extra = Math.max(0, v.shape.length - shape.length);
  return broadcastTo({ shape: v.shape.slice(extra), data: v.data }, shape);
};

export const getitem: PlaceKernel = (args, { params }, nodes) => {
  const { at, shape } = placed(args[0]!.shape, params.index, 1, args, nodes);
  return picked(args[0]!, at, shape);
};

const written = (data: Float64Array, { at, shape }: Places, v: Arr): void => {
  const values = fitted(v, shape).data;
  at.forEach((place, i) => (data[place] = values[i]!));
};

export const setitem: PlaceKernel = (args, { params, shape }, nodes) => {
  const data = args[0]!.data.slice();
  written(data, placed(shape, params.index, 2, args, nodes), args[1]!);
  return { shape, data };
};

export const setitems: PlaceKernel = (args, { params, shape }) => {
  const data = args[0]!.data.slice();
  (params.indices as Part[][]).forEach((index, k) =>
    written(data, placesOf(shape, index, [], []), args[k + 1]!),
  );
  return { shape, data };
};

export const scatter: PlaceKernel = (args, { params, shape }, nodes) => {
  const indices: Part[][] = params.indices;
  const z = zeros(shape);
  indices.forEach((index, k) => {
    const { at, shape: there } = placed(shape, index, indices.length, args, nodes);
    const g = fitted(args[k]!, there).data;
    at.forEach((place, i) => (z.data[place]! += g[i]!));
  });
  return z;
};

// Which values stay where an index names an entry twice: the last.
export const winners: PlaceKernel = (args, { params }, nodes) => {
  const { at, shape } = placed(params.shape, (params.indices as Part[][])[0]!, 0, args, nodes);
  const last = new Map<number, number>();
  at.forEach((place, i) => last.set(place, i));
  return { shape, data: Float64Array.from(at, (place, i) => +(last.get(place) === i)) };
};
