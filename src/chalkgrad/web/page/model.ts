// One face's graph: its inputs, its values, and its values along one entry.
import { ENTRIES } from "../kernels/table";
import { size, type Arr } from "../kernels/array";
import { stepsOf, type Steps } from "../kernels/graph";
import type { Written, WrittenGraph } from "../kernels/node";
import type { Entry } from "./live";

type Number = number | string; // what is not finite is a string

export type Model = {
  graph: WrittenGraph;
  at: Number[][];
  gradients: number[]; // of each input: a node, or −1
  guards: [number, Number[]][];
  axis?: Entry; // what the plot varies
};

const shapeOf = (node: Written): number[] => node.shape ?? [];

export class Engine {
  readonly at: number[][];
  values: Arr[] = [];
  private readonly steps: Steps;
  private readonly dependents = new Map<number, boolean[]>();
  private readonly wide = new Map<string, Steps | null>();

  constructor(readonly model: Model) {
    this.at = model.at.map((entries) => entries.map(Number));
    this.steps = stepsOf(model.graph);
    this.run();
  }

  get output(): number {
    return this.model.graph.outputs[0]!;
  }

  dtype(node: number): string {
    return this.model.graph.nodes[node]!.dtype;
  }

  set({ input, entry }: Entry, value: number): void {
    this.at[input]![entry] = value;
  }

  take(at: number[][]): void {
    at.forEach((entries, k) => entries.forEach((value, i) => (this.at[k]![i] = value)));
  }

  reset(): void {
    this.take(this.model.at.map((entries) => entries.map(Number)));
  }

  run(): void {
    this.values = this.steps.run(this.at);
  }

  onPath(values = this.values): boolean {
    return this.model.guards.every(([node, was]) =>
      was.every((entry, i) => Object.is(Number(entry) + 0, values[node]!.data[i]! + 0)),
    );
  }

  // Values of some nodes at each x: all at once where every operation works entry by entry, else one after the other.
  along(entry: Entry, xs: Float64Array, wanted: number[]): Float64Array[] {
    return (
      (this.model.guards.length ? undefined : this.atOnce(entry, xs, wanted)) ?? this.oneByOne(entry, xs, wanted)
    );
  }

  // How many points a curve may have so that drawing it takes a few milliseconds.
  points(entry: Entry): number {
    return this.wideSteps(entry, 2) ? 201 : this.affordable;
  }

  private get affordable(): number {
    const work = this.model.graph.nodes.reduce((sum, node) => sum + 12 + size(shapeOf(node)), 0);
    return Math.max(41, Math.min(161, Math.round(120_000 / work)));
  }

  private atOnce(entry: Entry, xs: Float64Array, wanted: number[]): Float64Array[] | undefined {
    const steps = this.wideSteps(entry, xs.length);
    if (!steps) return undefined;
    const given: ArrayLike<number>[] = this.at.map((entries, k) => (k === entry.input ? xs : entries));
    const values = steps.run(given);
    return wanted.map((node) => {
      const { data } = values[node]!;
      return data.length === xs.length ? data : new Float64Array(xs.length).fill(data[0]!);
    });
  }

  // The same graph over a whole axis: numbers that depend on the input become arrays.
  private wideSteps({ input }: Entry, n: number): Steps | null {
    const key = `${input}:${n}`;
    const known = this.wide.get(key);
    if (known !== undefined) return known;
    const { graph } = this.model;
    const fits = graph.nodes.every((node) => !shapeOf(node).length && (node.op === null || Object.hasOwn(ENTRIES, node.op)));
    const touched = this.touched(input);
    const made = fits
      ? stepsOf({ ...graph, nodes: graph.nodes.map((node, i) => (touched[i] ? { ...node, shape: [n] } : node)) })
      : null;
    this.wide.set(key, made);
    return made;
  }

  private touched(input: number): boolean[] {
    const known = this.dependents.get(input);
    if (known) return known;
    const { nodes, inputs } = this.model.graph;
    const touched: boolean[] = [];
    nodes.forEach((node, i) => touched.push(i === inputs[input] || (node.args ?? []).some((a) => touched[a])));
    this.dependents.set(input, touched);
    return touched;
  }

  private oneByOne(entry: Entry, xs: Float64Array, wanted: number[]): Float64Array[] {
    const found = wanted.map(() => new Float64Array(xs.length));
    const at = this.model.graph.inputs[entry.input]!;
    const asked = [...wanted, ...this.model.guards.map(([node]) => node)];
    const order = this.steps.needed(asked).filter((i) => i !== at && this.touched(entry.input)[i]);
    const values = this.values.slice();
    const own = { shape: values[at]!.shape, data: values[at]!.data.slice() };
    values[at] = own;
    xs.forEach((x, k) => {
      own.data[entry.entry] = x;
      order.forEach((i) => (values[i] = this.steps.step(i, values)));
      const on = this.onPath(values);
      wanted.forEach((node, n) => (found[n]![k] = on ? sum(values[node]!, entry, node, this) : NaN));
    });
    return found;
  }

  // A gradient counts by the entry that varies, any other array by its sum.
  isGradient(node: number, { input }: Entry): boolean {
    return this.model.gradients[input] === node;
  }
}

const sum = ({ data }: Arr, entry: Entry, node: number, engine: Engine): number =>
  engine.isGradient(node, entry) ? data[entry.entry]! : data.reduce((a, b) => a + b, 0);
