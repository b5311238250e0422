// The chosen point on the plot: its tangent, the slope as a length, twice, and the line up from its grip.
// The same strings as render/curve.py makes; they hold numbers only.
import { numberText } from "../kernels/number";
import { nameOf, slopePlace, type Place, type Point } from "./label";
import { BOTTOM, RAIL, RIGHT, n, sees, ticks, xOf, yOf, type Scale } from "./scale";

// `lines`: the curves f and f′ as they are seen.
export type Here = { at: number; value: number; slope: number | undefined; kink: boolean; lines: Point[][] };

const label = (kind: string, x: number, y: number, text: string, anchor: string): string =>
  `<text class="${kind}" x="${n(x)}" y="${n(y)}" text-anchor="${anchor}">${text}</text>`;

export const tangentOf = (s: Scale, { at, value, slope, kink }: Here): string => {
  if (slope === undefined || !Number.isFinite(value) || !Number.isFinite(slope) || kink) return "";
  const half = 0.25 * (s.high - s.low);
  const [a, b] = [-half, half].map((d) => `${n(xOf(s, at + d))} ${n(yOf(s, value + d * slope))}`);
  return `<path class="tangent" d="M${a}L${b}"/>`;
};

// How far to go along for the triangle: 1, or a round number that stays in the picture.
const runOf = (s: Scale, { at, value, slope = 0 }: Here): number => {
  const unit = 10 ** Math.floor(Math.log10((s.high - s.low) / 2.5));
  const first = unit <= 1 && 1 < 10 * unit ? 1 : unit;
  const runs = [first, unit / 2, unit / 5, unit / 10, unit / 20, unit / 50, unit / 100];
  return runs.find((run) => at + run <= s.high && sees(s, value + run * slope)) ?? 0;
};

const triangleOf = (s: Scale, here: Here): string => {
  const { at, value, slope, kink } = here;
  if (slope === undefined || !sees(s, value) || kink) return "";
  const run = runOf(s, here);
  if (!run) return "";
  const [x0, x1, y0, y1] = [xOf(s, at), xOf(s, at + run), yOf(s, value), yOf(s, value + run * slope)];
  const text = run === 1 ? numberText(slope) : `${numberText(run)} × ${numberText(slope)}`;
  const below = y1 <= y0 ? 17 : -7;
  const place = besideOf(s, here, [x1, y0, y1], x0, 8.3 * text.length, below);
  return (
    `<path class="run" d="M${n(x0)} ${n(y0)}H${n(x1)}"/><path class="length" d="M${n(x1)} ${n(y0)}V${n(y1)}"/>` +
    label("one halo", (x0 + x1) / 2, y0 + below, numberText(run), "middle") +
    label("slope halo", place.x, place.y, text, place.anchor)
  );
};

// Where the slope's number stands clear of the curves, the tangent, the triangle and the names.
const besideOf = (s: Scale, here: Here, bar: [number, number, number], x0: number, width: number, below: number): Place => {
  const { at, value, slope = 0, lines } = here;
  const [x1, y0] = bar;
  const one = (x0 + x1) / 2;
  const half = 0.25 * (s.high - s.low);
  const tangent = [-half, half].map((d): Point => [xOf(s, at + d), yOf(s, value + d * slope)]);
  const drawn: Point[][] = [
    ...lines,
    ...lines.map(nameOf),
    tangent,
    [[x0, y0], [x1, y0]],
    [[x0, y0], [x0, BOTTOM]],
    [[one - 4, y0 + below - 5], [one + 4, y0 + below - 5]],
  ];
  return slopePlace(bar, width, drawn, [yOf(s, 0), xOf(s, 0)]);
};

export const hereOf = (s: Scale, here: Here): string => {
  const { at, value, slope, kink } = here;
  const x = xOf(s, at);
  const seen = [value, slope].filter((v): v is number => v !== undefined && sees(s, v)).map((v) => yOf(s, v));
  let svg = `<path class="at" d="M${n(x)} ${n(RAIL - 12)}V${n(Math.min(BOTTOM, ...seen))}"/>${triangleOf(s, here)}`;
  if (slope !== undefined && sees(s, slope) && !kink) {
    const base = yOf(s, Math.min(Math.max(0, s.bottom), s.top));
    svg += `<path class="length" d="M${n(x)} ${n(base)}V${n(yOf(s, slope))}"/>`;
    svg += `<circle class="ring g2" cx="${n(x)}" cy="${n(yOf(s, slope))}" r="4.5"/>`;
  }
  if (sees(s, value)) svg += `<circle class="ring" cx="${n(x)}" cy="${n(yOf(s, value))}" r="6"/>`;
  return svg;
};

// Ticks along the rail; the one under the grip says where it stands, and the others make room for it.
export const railOf = (s: Scale, at: number): string => {
  const here = xOf(s, at);
  const marks = ticks(s.low, s.high, 5).map((tick) => {
    const x = xOf(s, tick);
    const text = Math.abs(x - here) > 24 ? label("tick", x, RAIL + 26, numberText(tick), "middle") : "";
    return `<path class="axis" d="M${n(x)} ${n(RAIL - 4)}v8"/>${text}`;
  });
  const line = `<path class="axis" d="M${n(s.left)} ${n(RAIL)}H${n(RIGHT)}"/>`;
  return line + marks.join("") + label("tick now", here, RAIL + 26, numberText(at), "middle");
};

export const gripOf = (s: Scale, at: number): string => {
  const x = xOf(s, at);
  const [left, right] = [`M${n(x - 2.5)} ${n(RAIL - 4)}l-4 4l4 4`, `M${n(x + 2.5)} ${n(RAIL - 4)}l4 4l-4 4`];
  return `<circle class="knob" cx="${n(x)}" cy="${n(RAIL)}" r="11"/><path class="chevrons" d="${left}${right}"/>`;
};
