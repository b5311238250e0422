// The plot follows: the point, its tangent and its two bars at each move, the curves when anything else changes.
import { numberText } from "../kernels/number";
import { gripOf, hereOf, railOf, tangentOf, type Here } from "./here";
import type { Entry, Live } from "./live";
import { BOTTOM, RAIL, RIGHT, TOP, heights, leftOf, n, pathOf, sees, spanOf, ticks, xOf, yOf, type Curve, type Scale } from "./scale";

const NEAR = 1e-7; // either side of a kink
const sameEntry = (a: Entry, b: Entry): boolean => a.input === b.input && a.entry === b.entry;

export const plot = (live: Live): void => {
  const { face, engine } = live;
  const svg = face.querySelector<SVGSVGElement>(".plot svg[data-scale]");
  const start = engine.model.axis;
  if (!svg || !start || !engine.draws(start)) return;
  let axis: Entry = start;
  let scale = JSON.parse(svg.dataset["scale"]!) as Scale;
  let lit: string[] = [];
  let redrawn = false; // whether the curves are no longer those that the page came with
  let shown = new Set<number>(); // inner curves drawn for the inputs as they are
  const part = (name: string): Element | null => svg.querySelector(`.${name}`);
  const put = (name: string, content: string): void => {
    const element = part(name);
    if (element) element.innerHTML = content;
  };

  // ----- values -----

  const slopeNode = (): number => engine.gradient(axis);
  const total = (node: number): number => engine.values[node]!.data.reduce((a, b) => a + b, 0);
  // What node i has at the chosen x.
  const numberAt = (node: number): number => {
    if (axis.input < 0) return engine.along(axis, Float64Array.of(engine.over), [node])[0]![0]!;
    return engine.isGradient(node, axis) ? engine.values[node]!.data[axis.entry]! : total(node);
  };
  const here = (): Here => {
    const at = live.at(axis);
    const node = slopeNode();
    const slope = node < 0 ? undefined : numberAt(node);
    return { at, value: numberAt(engine.output), slope, kink: node >= 0 && isKink(at, slope!) };
  };
  const isKink = (at: number, slope: number): boolean => {
    const near = NEAR * Math.max(1, Math.abs(at));
    const [sides] = engine.along(axis, Float64Array.of(at - near, at + near), [slopeNode()]);
    const [before, after] = sides as unknown as [number, number];
    return Math.abs(before - after) >= 1e-4 * Math.max(1, Math.abs(slope), Math.abs(before));
  };
  const axisPoints = (): Float64Array => {
    const count = engine.points(axis);
    return Float64Array.from({ length: count }, (_, k) => scale.low + ((scale.high - scale.low) * k) / (count - 1));
  };
  const sampled = (xs: Float64Array): [Curve, Curve | undefined] => {
    const node = slopeNode();
    const [f, g] = engine.along(axis, xs, node < 0 ? [engine.output] : [engine.output, node]);
    return [f!, g];
  };

  // ----- drawing -----

  const curves = (xs = axisPoints(), [f, g] = sampled(xs)): void => {
    redrawn = true;
    const path = pathOf(scale, xs, f, false);
    svg.querySelectorAll(".f, .glow.wash").forEach((curve) => curve.setAttribute("d", path));
    part("g")?.setAttribute("d", g ? pathOf(scale, xs, g, true) : "");
    put("kinks", "");
    names(xs, f, g);
  };
  const names = (xs: Float64Array, f: Curve, g: Curve | undefined): void => {
    const last = (curve: Curve): number => curve[curve.length - 1]!;
    const beside = g && Math.abs(yOf(scale, last(f)) - yOf(scale, last(g))) < 24;
    nameAt("f", xs, f, RIGHT + 7, false);
    if (g) nameAt("g", xs, g, RIGHT + 7, beside ?? false);
  };
  const nameAt = (which: string, xs: Float64Array, curve: Curve, x: number, inside: boolean): void => {
    const name = svg.querySelector<SVGGElement>(`[data-name="${which}"]`);
    if (!name) return;
    const [x0, y0] = name.dataset["at"]!.split(" ").map(Number) as [number, number];
    let k = curve.length - 1;
    if (inside || !sees(scale, curve[k]!)) for (k = Math.floor(curve.length * 0.9); k > 0 && !sees(scale, curve[k]!); ) k--;
    const seen = sees(scale, curve[k]!);
    name.setAttribute("visibility", seen ? "inherit" : "hidden");
    if (!seen) return;
    const end = k === curve.length - 1;
    const place = end ? [x, yOf(scale, curve[k]!) + 6] : [xOf(scale, xs[k]!) + 8, yOf(scale, curve[k]!) - 12];
    name.setAttribute("transform", `translate(${n(place[0]! - x0)} ${n(place[1]! - y0)})`);
  };
  const inner = (): void => {
    const wanted = lit.map(Number).filter((node) => !shown.has(node) && svg.querySelector(`.inner[data-node="${node}"] .line`));
    if (wanted.length) {
      const xs = axisPoints();
      engine.along(axis, xs, wanted).forEach((values, k) => {
        const path = pathOf(scale, xs, values, false);
        svg.querySelectorAll(`.inner[data-node="${wanted[k]}"] path:not(.under)`).forEach((line) => line.setAttribute("d", path));
        chip(wanted[k]!, xs, values);
        shown.add(wanted[k]!);
      });
    }
    lit.map(Number).forEach(dot);
  };
  const dot = (node: number): void => {
    const group = svg.querySelector(`.inner[data-node="${node}"]:has(.dot)`);
    if (!group) return;
    const value = numberAt(node);
    const [x, y] = [xOf(scale, live.at(axis)), yOf(scale, value)];
    group.setAttribute("display", sees(scale, value) ? "inline" : "none");
    const ring = group.querySelector(".dot");
    ring?.setAttribute("cx", n(x));
    ring?.setAttribute("cy", n(y));
    const text = group.querySelector(".val");
    if (text && axis.input < 0) text.textContent = numberText(value);
    text?.setAttribute("x", n(x + 14));
    text?.setAttribute("y", n(y - 8));
  };
  // The name of an inner curve beside the place where it is seen first, from the top.
  const chip = (node: number, xs: Float64Array, values: Curve): void => {
    const group = svg.querySelector<SVGGElement>(`.inner[data-node="${node}"] .name`);
    if (!group) return;
    let best = -1;
    for (let k = 0; k < xs.length; k++) if (sees(scale, values[k]!) && (best < 0 || values[k]! > values[best]!)) best = k;
    group.setAttribute("visibility", best < 0 ? "hidden" : "inherit");
    if (best < 0) return;
    const y = Math.max(yOf(scale, values[best]!) + 18, TOP + 18);
    const x = Math.min(xOf(scale, xs[best]!) + 14, RIGHT - Number(group.dataset["width"]) - 6);
    group.setAttribute("transform", `translate(${n(x)} ${n(y)})`);
  };
  const point = (): void => {
    const on = !face.classList.contains("elsewhere");
    const now = on ? here() : { at: live.at(axis), value: NaN, slope: undefined, kink: false };
    put("tangents", tangentOf(scale, now));
    put("here", hereOf(scale, now));
    put("scale", railOf(scale, now.at));
    put("grip", gripOf(scale, now.at));
    inner();
  };
  const grid = (marks: number[]): void => {
    const lines = marks.map((tick) => {
      const y = yOf(scale, tick);
      const text = `<text class="tick" x="${n(scale.left - 8)}" y="${n(y + 5)}" text-anchor="end">${numberText(tick)}</text>`;
      return `<path class="${tick === 0 ? "axis" : "grid"}" d="M${n(scale.left)} ${n(y)}H${RIGHT}"/>${text}`;
    });
    const zero = scale.low < 0 && scale.high > 0 ? `<path class="axis" d="M${n(xOf(scale, 0))} ${TOP}V${BOTTOM + 8}"/>` : "";
    put("ground", lines.join("") + zero);
    const window = svg.querySelector("clipPath rect");
    window?.setAttribute("x", n(scale.left));
    window?.setAttribute("width", n(RIGHT - scale.left));
  };
  const rescale = (): void => {
    const [low, high] = spanOf(live.at(axis));
    scale = { ...scale, low, high };
    const xs = axisPoints();
    const [f, g] = sampled(xs);
    const [bottom, top] = heights(f, g, numberAt(engine.output));
    const marks = ticks(bottom, top, 4);
    scale = { low, high, bottom, top, left: leftOf(marks.map((tick) => numberText(tick))) };
    shown = new Set();
    grid(marks);
    curves(xs, [f, g]);
    svg.dispatchEvent(new CustomEvent("chalkgrad:scale", { detail: { scale, axis } }));
  };
  // Whether the heights no longer suit the curves: much outside, or all squeezed flat.
  const suits = (): boolean => {
    const [f, g] = sampled(axisPoints());
    const [bottom, top] = heights(f, g, numberAt(engine.output));
    const [now, then] = [top - bottom, scale.top - scale.bottom];
    return now > 0.45 * then && top < scale.top + 0.15 * then && bottom > scale.bottom - 0.15 * then;
  };
  const words = (): string => {
    const { at, value, slope } = here();
    const sloping = slope === undefined ? "" : `, with slope ${numberText(slope)}`;
    const name = svg.dataset["entry"] ?? "x";
    return `Plot from ${numberText(scale.low)} to ${numberText(scale.high)}: at ${name} = ${numberText(at)} the value is ${numberText(value)}${sloping}`;
  };

  // ----- what happens -----

  live.onChange((changed) => {
    const at = live.at(axis);
    if (at < scale.low || at > scale.high) rescale();
    else if (axis.input < 0 ? changed?.input !== -1 && !redrawn : !changed || !sameEntry(changed, axis)) {
      shown = new Set();
      curves();
    }
    point();
  });
  live.onSettle(() => {
    if (face.classList.contains("elsewhere")) return;
    if (redrawn && !suits()) {
      rescale();
      point();
    }
    const title = svg.querySelector("title");
    if (title) title.textContent = words();
  });
  const name = (): void => {
    const { name: letter, index } = live.nameOf(axis);
    const below = index ? `<tspan class="below" dy="4">${index}</tspan>` : "";
    put("axis-name", `<text class="axis-text" x="${RIGHT}" y="${RAIL + 48}" text-anchor="end">${letter}${below}</text>`);
    svg.dataset["entry"] = letter + (index ? `[${index}]` : "");
  };
  live.onRefocus((entry) => {
    if (sameEntry(entry, axis) || axis.input < 0) return; // an axis over all entries is not one of them
    axis = entry;
    name();
    rescale();
    point();
  });
  face.addEventListener("chalkgrad:lit", (event) => {
    lit = (event as CustomEvent<string[]>).detail;
    inner();
  });
};
