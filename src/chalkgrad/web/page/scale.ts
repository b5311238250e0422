// The plot's scales, as render/curve.py has them.
export const WIDTH = 516;
export const RIGHT = 478;
export const TOP = 10;
export const RAIL = 292;
export const BOTTOM = RAIL - 26;
const LEFT = 46;

export type Curve = ArrayLike<number>; // NaN where there is nothing

export type Scale = {
  low: number;
  high: number;
  left: number;
  bottom: number;
  top: number;
};

export const xOf = (s: Scale, value: number): number => s.left + ((value - s.low) / (s.high - s.low)) * (RIGHT - s.left);
export const yOf = (s: Scale, value: number): number => BOTTOM - ((value - s.bottom) / (s.top - s.bottom)) * (BOTTOM - TOP);
export const sees = (s: Scale, value: number): boolean => value >= s.bottom && value <= s.top;

// One decimal at most: 12 and 12.5.
export const n = (value: number): string => String(Math.round(value * 10) / 10 + 0);

export const ticks = (low: number, high: number, about: number): number[] => {
  const span = (high - low) / Math.max(1, about);
  const unit = 10 ** Math.floor(Math.log10(span));
  const step = unit * [1, 2, 5, 10].find((m) => unit * m >= span * 0.8)!;
  const found: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k <= Math.floor(high / step + 1e-9); k++) found.push(Number((k * step).toPrecision(12)));
  return found;
};

// From where to where an axis goes that shows a value and zero.
export const spanOf = (at: number): [number, number] => [Math.min(-4.2, at - 2.2), Math.max(4.2, at + 2.2)];

// The heights to show: all of f and f′ if that is reasonable, else most of them; zero if it is near.
export const heights = (f: Curve, g: Curve | undefined, value: number): [number, number] => {
  let [low, high] = spread(f);
  if (g) {
    const [a, b] = spread(g);
    const height = high - low || 1;
    const together = Math.max(high, b) - Math.min(low, a);
    const room = together < 4.5 * height ? together : height;
    [low, high] = [Math.min(low, Math.max(a, low - room)), Math.max(high, Math.min(b, high + room))];
  }
  if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low > 0 && low < 0.6 * high) low = 0;
  if (high < 0 && high > 0.6 * low) high = 0;
  const pad = 0.07 * (high - low) || Math.max(1, Math.abs(high)) * 0.5;
  return [low - pad * (low === 0 ? 0.35 : 1), high + pad * 1.6];
};

const spread = (curve: Curve): [number, number] => {
  const ordered = Float64Array.from(curve).filter(Number.isFinite).sort();
  if (!ordered.length) return [0, 1];
  const few = Math.max(1, Math.floor(ordered.length / 25));
  const [first, last] = [ordered[0]!, ordered.at(-1)!];
  const [near, far] = [ordered[few] ?? first, ordered.at(-1 - few) ?? last];
  const inner = far - near;
  return inner > 0 && last - first > 6 * inner ? [near - 0.5 * inner, far + 0.5 * inner] : [first, last];
};

export const leftOf = (labels: string[]): number => Math.max(LEFT, Math.max(0, ...labels.map((text) => 7.4 * text.length)) + 12);

// A curve as a path; it stops at gaps, where it jumps, and far outside the picture.
export const pathOf = (s: Scale, xs: Curve, ys: Curve, breaks: boolean): string => {
  const reach = 2 * (s.top - s.bottom);
  let path = "";
  let on = false;
  for (let k = 0; k < xs.length; k++) {
    const y = ys[k]!;
    if (!(y > s.bottom - reach && y < s.top + reach)) {
      on = false;
      continue;
    }
    if (on && breaks && jumps(ys, k, s)) on = false;
    path += `${on ? " " : "M"}${n(xOf(s, xs[k]!))} ${n(yOf(s, y))}`;
    on = true;
  }
  return path;
};

// Whether a curve jumps just before its k-th point: a step much higher than those beside it.
const jumps = (ys: Curve, k: number, s: Scale): boolean => {
  const step = Math.abs(ys[k]! - ys[k - 1]!);
  const beside = Math.max(k > 1 ? Math.abs(ys[k - 1]! - ys[k - 2]!) : 0, k + 1 < ys.length ? Math.abs(ys[k + 1]! - ys[k]!) : 0);
  return step > 0.02 * (s.top - s.bottom) && step > 6 * beside;
};
