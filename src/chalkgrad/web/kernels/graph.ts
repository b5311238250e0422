// A graph, prepared once and run many times: the value of every node, in order.
import { sameShape, type Arr } from "./array";
import { castTo, rounded } from "./dtype";
import { elementwise } from "./elementwise";
import { decode, toArr, type Node, type Written, type WrittenGraph } from "./node";
import { ARRAYS, ENTRIES } from "./table";

const VERSION = 1;

type Step = (values: Arr[]) => Arr;
export type Prepared = (inputs: ArrayLike<number>[]) => Arr[];

const readNode = (written: Written): Node => ({
  op: written.op ?? "",
  dtype: written.dtype,
  args: written.args ?? [],
  params: Object.fromEntries(Object.entries(written.params ?? {}).map(([k, v]) => [k, decode(v)])),
  shape: written.shape ?? [],
  weak: written.weak ?? false,
});

const stepOf = (node: Node, nodes: Node[]): Step => {
  const argNodes = node.args.map((a) => nodes[a]!);
  const entry = Object.hasOwn(ENTRIES, node.op) ? ENTRIES[node.op] : undefined;
  const kernel = entry
    ? elementwise(entry, node, argNodes)
    : Object.hasOwn(ARRAYS, node.op)
      ? ARRAYS[node.op]
      : undefined;
  if (!kernel) throw new Error(`no kernel ${node.op}`);
  const cast = castTo(node.dtype);
  return (values) => {
    const made = kernel(
      node.args.map((a) => values[a]!),
      node,
      argNodes,
    );
    if (!sameShape(made.shape, node.shape))
      throw new Error(`${node.op} has shape ${made.shape}, not ${node.shape}`);
    return { shape: made.shape, data: rounded(made.data, cast) };
  };
};

const constantOf = (written: Written, node: Node): Step => {
  const value = written.value as Record<string, unknown>;
  if (typeof value === "object" && value !== null && "left out" in value)
    throw new Error(`a constant of ${value["left out"]} entries was left out`);
  const made = { shape: node.shape, data: rounded(toArr(decode(value)).data, castTo(node.dtype)) };
  return () => made;
};

// The steps of a graph: all of them in order, one alone, or which of them some nodes need.
export type Steps = {
  run: Prepared;
  step: (at: number, values: Arr[]) => Arr;
  needed: (wanted: number[]) => number[];
};

export const stepsOf = (graph: WrittenGraph): Steps => {
  if (graph.version !== VERSION) throw new Error(`graph version ${graph.version}`);
  const nodes = graph.nodes.map(readNode);
  const steps = graph.nodes.map((written, i): Step | null =>
    written.op !== null
      ? stepOf(nodes[i]!, nodes)
      : written.value !== undefined
        ? constantOf(written, nodes[i]!)
        : null,
  );
  return {
    run: (inputs) => {
      const values: Arr[] = [];
      const given = new Map(graph.inputs.map((at, k) => [at, inputs[k]]));
      steps.forEach((step, i) => values.push(step ? step(values) : inputAt(given.get(i), nodes[i]!)));
      return values;
    },
    step: (at, values) => steps[at]!(values),
    needed: (wanted) => {
      const keep = new Set(wanted);
      for (let i = nodes.length - 1; i >= 0; i--) if (keep.has(i)) nodes[i]!.args.forEach((a) => keep.add(a));
      return [...keep].sort((a, b) => a - b);
    },
  };
};

export const prepare = (graph: WrittenGraph): Prepared => stepsOf(graph).run;

const inputAt = (entries: ArrayLike<number> | undefined, { shape, dtype }: Node): Arr => {
  const length = shape.reduce((n, k) => n * k, 1);
  if (entries?.length !== length)
    throw new Error(`an input of ${entries?.length ?? 0} entries, not ${length}`);
  return { shape, data: rounded(Float64Array.from(entries), castTo(dtype)) };
};
