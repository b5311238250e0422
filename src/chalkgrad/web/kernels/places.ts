// An index of NumPy's, as the places in the array that it names, in order.
import { broadcast, broadcastTo, size, strides, walk, type Arr } from "./array";
import type { Hole, Part, Span } from "./node";

export type Places = { at: Int32Array; shape: number[] };
type Step = { length: number; step: number; start: number };
type Advanced = { array: Arr; length: number; step: number };

const isHole = (part: Part): part is Hole => typeof part === "object" && part !== null && "hole" in part;
const isSpan = (part: Part): part is Span => typeof part === "object" && part !== null && "span" in part;
const isDots = (part: Part): boolean => typeof part === "object" && part !== null && "ellipsis" in part;
const WHOLE: Span = { span: [null, null, null] };

// ----- a slice -----

const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);

const sliced = ({ span: [start, stop, step] }: Span, n: number, stride: number): Step => {
  const by = step ?? 1;
  const bound = (x: number | null | undefined, otherwise: number): number =>
    x === null || x === undefined ? otherwise : clamp(x < 0 ? x + n : x, by > 0 ? 0 : -1, by > 0 ? n : n - 1);
  const from = bound(start, by > 0 ? 0 : n - 1);
  const to = bound(stop, by > 0 ? n : -1);
  return { length: Math.max(0, Math.ceil((to - from) / by)), step: by * stride, start: from * stride };
};

const inside = (i: number, n: number): number => {
  if (i < -n || i >= n) throw new Error(`index ${i} of ${n}`);
  return i < 0 ? i + n : i;
};

// ----- arrays in an index: a mask counts as the places where it holds, a single number as itself -----

type Slot = Part | { array: Arr };
const isArray = (slot: Slot): slot is { array: Arr } =>
  typeof slot === "object" && slot !== null && "array" in slot;

const nonzero = (mask: Arr): { array: Arr }[] => {
  const own = strides(mask.shape);
  const hits: number[] = [];
  mask.data.forEach((e, i) => e && hits.push(i));
  return mask.shape.map((n, axis) => ({
    array: { shape: [hits.length], data: Float64Array.from(hits, (i) => Math.floor(i / own[axis]!) % n) },
  }));
};

const filled = (index: Part[], arrays: Arr[], masks: boolean[], ndim: number): Slot[] => {
  const slots: Slot[] = index.flatMap((part): Slot[] => {
    if (!isHole(part)) return [part];
    const array = arrays[part.hole]!;
    if (masks[part.hole]) {
      if (!array.shape.length) throw new Error("a single truth value as index");
      return nonzero(array);
    }
    return array.shape.length ? [{ array }] : [array.data[0]!];
  });
  const taken = slots.filter((s) => s !== null && !(isArray(s) ? false : isDots(s as Part))).length;
  const rest = new Array<Slot>(Math.max(0, ndim - taken)).fill(WHOLE);
  const dots = slots.findIndex((s) => !isArray(s) && isDots(s as Part));
  return dots < 0 ? [...slots, ...rest] : [...slots.slice(0, dots), ...rest, ...slots.slice(dots + 1)];
};

// ----- together -----

export const placesOf = (shape: number[], index: Part[], arrays: Arr[], masks: boolean[]): Places => {
  const slots = filled(index, arrays, masks, shape.length);
  const own = strides(shape);
  const isAdvanced = slots.some(isArray);
  const before: Step[] = [],
    after: Step[] = [],
    chosen: Advanced[] = [],
    spots: number[] = [];
  let [axis, start] = [0, 0];
  slots.forEach((slot, spot) => {
    if (slot === null) return (chosen.length ? after : before).push({ length: 1, step: 0, start: 0 });
    const [length, step] = [shape[axis]!, own[axis]!];
    axis++;
    if (isArray(slot) || (typeof slot === "number" && isAdvanced)) {
      const array = isArray(slot) ? slot.array : { shape: [], data: Float64Array.of(slot) };
      spots.push(spot);
      return chosen.push({ array, length, step });
    }
    if (typeof slot === "number") return (start += inside(slot, length) * step);
    if (!isSpan(slot as Part)) throw new Error("unknown part of an index");
    return (chosen.length ? after : before).push(sliced(slot as Span, length, step));
  });
  const together = spots.every((s, i) => i === 0 || s === spots[i - 1]! + 1);
  const [lead, tail] = together ? [before, after] : [[], [...before, ...after]];
  return crossed(start, lead, chosen, tail);
};

const crossed = (start: number, lead: Step[], chosen: Advanced[], tail: Step[]): Places => {
  const outer = stepped(lead),
    inner = stepped(tail);
  const common = broadcast(chosen.map((c) => c.array.shape));
  const middle = new Int32Array(size(common)).fill(start);
  for (const { array, length, step } of chosen)
    broadcastTo(array, common).data.forEach((i, k) => (middle[k]! += inside(i, length) * step));
  const at = new Int32Array(outer.length * middle.length * inner.length);
  let k = 0;
  for (const a of outer) for (const b of middle) for (const c of inner) at[k++] = a + b + c;
  return { at, shape: [...lead.map((s) => s.length), ...common, ...tail.map((s) => s.length)] };
};

const stepped = (steps: Step[]): Int32Array =>
  walk(
    steps.map((s) => s.length),
    steps.map((s) => s.step),
    steps.reduce((sum, s) => sum + s.start, 0),
  );
