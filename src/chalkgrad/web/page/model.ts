// One face's graph: its inputs, its values, and its values along one entry.
import { ENTRIES } from "../kernels/table";
import { sameShape, size, type Arr } from "../kernels/array";
import { stepsOf, type Steps } from "../kernels/graph";
import type { Written, WrittenGraph } from "../kernels/node";
import type { Entry } from "./live";

type Number = number | string; // what is not finite is a string

export type Model = {
  graph: WrittenGraph;
  at: Number[][];
  gradients: number[]; // of each input: a node, or −1
  guards: [number, Number[]][];
  axis?: Entry & { at?: number }; // what the plot varies; input −1: one number in the place of every entry of input 0
};

const isPlain = (node: Written): boolean => node.op === null || Object.hasOwn(ENTRIES, node.op);
const shapeOf = (node: Written): number[] => node.shape ?? [];

export class Engine {
  readonly at: number[][];
  over: number; // where one stands on an axis that is no input
  values: Arr[] = [];
  private runs = true;
  private readonly steps: Steps;
  private readonly dependents = new Map<number, boolean[]>();
  private readonly wide = new Map<string, Steps | null>();

  constructor(readonly model: Model) {
    this.at = model.at.map((entries) => entries.map(Number));
    this.over = model.axis?.at ?? 0;
    this.steps = stepsOf(model.graph);
    this.run();
  }

  get output(): number {
    return this.model.graph.outputs[0]!;
  }

  dtype(node: number): string {
    return this.model.graph.nodes[node]!.dtype;
  }

  get({ input, entry }: Entry): number {
    return input < 0 ? this.over : this.at[input]![entry]!;
  }

  set({ input, entry }: Entry, value: number): void {
    if (input < 0) this.over = value;
    else this.at[input]![entry] = value;
  }

  gradient({ input }: Entry): number {
    return this.model.gradients[Math.max(0, input)] ?? -1;
  }

  // Whether there is a way to draw along this axis.
  draws(entry: Entry): boolean {
    return entry.input >= 0 || (!this.model.guards.length && this.wideSteps(entry, 2) !== null);
  }

  take(at: number[][]): void {
    at.forEach((entries, k) => entries.forEach((value, i) => (this.at[k]![i] = value)));
  }

  reset(): void {
    this.take(this.model.at.map((entries) => entries.map(Number)));
  }

  // What cannot be run there, such as a mask that picks another number of entries, is off the path too.
  run(): void {
    try {
      this.values = this.steps.run(this.at);
      this.runs = true;
    } catch {
      this.runs = false;
    }
  }

  onPath(): boolean {
    return this.runs && this.keeps(this.values);
  }

  private keeps(values: Arr[]): boolean {
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
    if (!steps) return entry.input < 0 ? wanted.map(() => new Float64Array(xs.length).fill(NaN)) : undefined;
    const given: ArrayLike<number>[] = this.at.map((entries, k) => (k === Math.max(0, entry.input) ? xs : entries));
    const values = steps.run(given);
    return wanted.map((node) => {
      const { data } = values[node]!;
      return data.length === xs.length ? data : new Float64Array(xs.length).fill(data[0]!);
    });
  }

  // The same graph over a whole axis: what depends on the input gets the axis's shape. An array that holds one value
  // all over, such as the ones that a gradient starts from, does as a number.
  private wideSteps({ input }: Entry, n: number): Steps | null {
    const key = `${input}:${n}`;
    const known = this.wide.get(key);
    if (known !== undefined) return known;
    const { graph } = this.model;
    const own = shapeOf(graph.nodes[graph.inputs[Math.max(0, input)]!]!);
    const touched = this.touched(Math.max(0, input));
    const nodes = graph.nodes.map((node, i) => this.widened(node, i, touched[i]!, own, n));
    const fits = (input < 0 || !own.length) && nodes.every((node) => node !== null);
    const made = fits ? stepsOf({ ...graph, nodes: nodes as Written[] }) : null;
    this.wide.set(key, made);
    return made;
  }

  private widened(node: Written, i: number, touched: boolean, own: number[], n: number): Written | null {
    const shape = shapeOf(node);
    if (touched) {
      const entrywise = node.op === null || Object.hasOwn(ENTRIES, node.op);
      return entrywise && sameShape(shape, own) ? { ...node, shape: [n] } : null;
    }
    if (this.model.graph.inputs.includes(i) || !shape.length) return shape.length || !isPlain(node) ? null : node;
    const { data } = this.values[i]!;
    if (!data.length || !data.every((value) => value === data[0]) || !Number.isFinite(data[0])) return null;
    return { op: null, dtype: node.dtype, value: data[0]! };
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
      const on = this.follows(order, values);
      wanted.forEach((node, n) => (found[n]![k] = on ? sum(values[node]!, entry, node, this) : NaN));
    });
    return found;
  }

  private follows(order: number[], values: Arr[]): boolean {
    try {
      order.forEach((i) => (values[i] = this.steps.step(i, values)));
      return this.keeps(values);
    } catch {
      return false;
    }
  }

  // A gradient counts by the entry that varies, any other array by its sum.
  isGradient(node: number, { input }: Entry): boolean {
    return this.model.gradients[input] === node && input >= 0;
  }
}

const sum = ({ data }: Arr, entry: Entry, node: number, engine: Engine): number =>
  engine.isGradient(node, entry) ? data[entry.entry]! : data.reduce((a, b) => a + b, 0);
