// A loop: the graph of its step, run once for each entry along the first axis of its inputs.
import { size, type Arr } from "./array";
import { prepare, type Prepared } from "./graph";
import type { Kernel, WrittenGraph } from "./node";

export type Body = { graph: WrittenGraph; params: number; state: number };

const prepared = new WeakMap<Body, Prepared>();
const stepOf = (body: Body): Prepared => {
  if (!prepared.has(body)) prepared.set(body, prepare(body.graph));
  return prepared.get(body)!;
};

// One vector: the last state, what each step gave, and the state before each step.
export const scan: Kernel = (args, { params, shape }) => {
  const { body, length, reverse = false, keep = true } = params as Record<string, any>;
  const run = stepOf(body);
  const edge = body.params + body.state;
  const fixed = args.slice(0, body.params).map((a) => a.data);
  const xs = args.slice(edge);
  let state = args.slice(body.params, edge).map((a) => a.data);
  const rows: Float64Array[][] = new Array(length);
  const before: Float64Array[][] = new Array(length);
  for (let k = 0; k < length; k++) {
    const t = reverse ? length - 1 - k : k;
    const values = run([...fixed, ...state, ...xs.map((x) => rowOf(x, t))]);
    const made = body.graph.outputs.map((o: number) => values[o]!.data);
    before[t] = state;
    state = made.slice(0, body.state);
    rows[t] = made.slice(body.state);
  }
  return { shape, data: joined([...state, ...columns(rows), ...(keep ? columns(before) : [])], shape) };
};

const rowOf = (x: Arr, t: number): Float64Array => {
  const n = size(x.shape.slice(1));
  return x.data.subarray(t * n, (t + 1) * n);
};

const columns = (rows: Float64Array[][]): Float64Array[] =>
  rows[0]!.flatMap((_, column) => rows.map((row) => row[column]!));

const joined = (parts: Float64Array[], shape: number[]): Float64Array => {
  const data = new Float64Array(size(shape));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return data;
};
