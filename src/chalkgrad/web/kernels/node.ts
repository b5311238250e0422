// A graph as Python writes it (graph_json.py), and its parameters as JavaScript values.
import type { Arr } from "./array";

export type Span = { span: (number | null)[] };
export type Hole = { hole: number };
export type Part = Span | Hole | { ellipsis: true } | number | null;
export type Params = Record<string, any>; // what a kernel finds in it is the kernel's business

export type Written = {
  op: string | null;
  dtype: string;
  args?: number[];
  params?: Record<string, unknown>;
  shape?: number[];
  value?: unknown;
  weak?: boolean;
};
export type WrittenGraph = { version: number; nodes: Written[]; inputs: number[]; outputs: number[] };

export type Node = {
  op: string;
  dtype: string;
  args: number[];
  params: Params;
  shape: number[];
  weak: boolean;
};
export type Kernel = (args: Arr[], node: Node) => Arr;

const NUMBERS: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };

type Tagged = Record<string, any>;
const READERS: Record<string, (inside: any, whole: Tagged) => unknown> = {
  number: (text) => NUMBERS[text],
  tuple: (items: unknown[]) => items.map(decode),
  list: (items: unknown[]) => items.map(decode),
  dict: (pairs: [unknown, unknown][]) => new Map(pairs.map(([k, v]) => [decode(k), decode(v)])),
  array: (_, whole) => ({ shape: whole.shape, data: Float64Array.from(whole.entries.map(decode), Number) }),
  hole: (_, whole) => whole,
  span: (_, whole) => whole,
  ellipsis: (_, whole) => whole,
  dtype: (_, whole) => whole,
  body: (inside) => inside,
};

export const decode = (written: unknown): any => {
  if (written === null || typeof written !== "object") return written;
  const tag = Object.keys(written)[0] ?? "";
  const reader = READERS[tag];
  if (!reader) throw new Error(`unknown value ${tag}`);
  return reader((written as Tagged)[tag], written as Tagged);
};

export const toArr = (value: unknown): Arr =>
  typeof value === "object" && value !== null
    ? (value as Arr)
    : { shape: [], data: Float64Array.of(Number(value)) };
