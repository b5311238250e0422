// What Python calls in V8 to run a graph as a page does (the entries of every node, in order), and to write a number.
import { prepare } from "../kernels/graph";
import type { WrittenGraph } from "../kernels/node";
import { numberText } from "../kernels/number";
import { plain } from "./plain";

Object.assign(globalThis, {
  computeGraph: (graph: WrittenGraph, inputs: number[][]) =>
    JSON.stringify(prepare(graph)(inputs).map(({ data }) => data), plain),
  numberText,
});
