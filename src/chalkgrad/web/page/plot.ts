// The plot follows: the point, its tangent and its two bars at each move, the curves when anything else changes.
import { numberText } from "../kernels/number";
import { gripOf, hereOf, railOf, tangentOf, type Here } from "./here";
import type { Entry, Live } from "./live";
import type { Point } from "./label";
import type { Engine } from "./model";
import { BOTTOM, RAIL, RIGHT, TOP, heights, leftOf, n, pathOf, sees, spanOf, ticks, xOf, yOf, type Curve, type Scale } from "./scale";

const NEAR = 1e-7; // either side of a kink
const sameEntry = (a: Entry, b: Entry): boolean => a.input === b.input && a.entry === b.entry;

export const plot = (live: Live): void => {
  const svg = live.face.querySelector<SVGSVGElement>(".plot svg[data-scale]");
  const axis = live.engine.model.axis;
  if (svg && axis && live.engine.draws(axis)) new Plot(live, svg, axis);
};

class Plot {
  private readonly face: HTMLElement;
  private readonly engine: Engine;
  private scale: Scale;
  private lit: string[] = [];
  private redrawn = false; // whether the curves are no longer those that the page came with
  private drawn: Point[][] | undefined; // the curves as lines, until they change
  private shown = new Set<number>(); // inner curves drawn for the inputs as they are

  constructor(
    private readonly live: Live,
    private readonly svg: SVGSVGElement,
    private axis: Entry,
  ) {
    this.face = live.face;
    this.engine = live.engine;
    this.scale = JSON.parse(svg.dataset["scale"]!) as Scale;
    live.onChange((changed) => this.changed(changed));
    live.onSettle(() => this.settled());
    live.onRefocus((entry) => this.refocused(entry));
    this.face.addEventListener("chalkgrad:lit", (event) => this.isLit((event as CustomEvent<string[]>).detail));
  }

  private part(name: string): Element | null {
    return this.svg.querySelector(`.${name}`);
  }

  private put(name: string, content: string): void {
    const element = this.part(name);
    if (element) element.innerHTML = content;
  }

  // ----- values -----

  private slopeNode(): number {
    return this.engine.gradient(this.axis);
  }

  private total(node: number): number {
    return this.engine.values[node]!.data.reduce((a, b) => a + b, 0);
  }

  // What node i has at the chosen x.
  private numberAt(node: number): number {
    if (this.axis.input < 0) return this.engine.along(this.axis, Float64Array.of(this.engine.over), [node])[0]![0]!;
    return this.engine.isGradient(node, this.axis) ? this.engine.values[node]!.data[this.axis.entry]! : this.total(node);
  }

  private here(): Here {
    const at = this.live.at(this.axis);
    const node = this.slopeNode();
    const slope = node < 0 ? undefined : this.numberAt(node);
    const kink = node >= 0 && this.isKink(at, slope!);
    return { at, value: this.numberAt(this.engine.output), slope, kink, lines: this.lines() };
  }

  // The curves as they are seen, for what is to stand clear of them; they move with the scales and the other inputs alone.
  private lines(): Point[][] {
    if (this.drawn) return this.drawn;
    const xs = this.axisPoints();
    const line = (ys: Curve | undefined): Point[] =>
      Array.from(xs, (x, k): [number, number] => [x, ys?.[k] ?? NaN]).filter(([, y]) => sees(this.scale, y)).map(([x, y]) => [xOf(this.scale, x), yOf(this.scale, y)]);
    return (this.drawn = this.sampled(xs).map(line));
  }

  private isKink(at: number, slope: number): boolean {
    const near = NEAR * Math.max(1, Math.abs(at));
    const [sides] = this.engine.along(this.axis, Float64Array.of(at - near, at + near), [this.slopeNode()]);
    const [before, after] = sides as unknown as [number, number];
    return Math.abs(before - after) >= 1e-4 * Math.max(1, Math.abs(slope), Math.abs(before));
  }

  private axisPoints(): Float64Array {
    const count = this.engine.points(this.axis);
    return Float64Array.from({ length: count }, (_, k) => this.scale.low + ((this.scale.high - this.scale.low) * k) / (count - 1));
  }

  private sampled(xs: Float64Array): [Curve, Curve | undefined] {
    const node = this.slopeNode();
    const [f, g] = this.engine.along(this.axis, xs, node < 0 ? [this.engine.output] : [this.engine.output, node]);
    return [f!, g];
  }

  // ----- drawing -----

  private curves(xs = this.axisPoints(), [f, g] = this.sampled(xs)): void {
    this.redrawn = true;
    this.drawn = undefined;
    const path = pathOf(this.scale, xs, f, false);
    this.svg.querySelectorAll(".f, .glow.wash").forEach((curve) => curve.setAttribute("d", path));
    this.part("g")?.setAttribute("d", g ? pathOf(this.scale, xs, g, true) : "");
    this.put("kinks", "");
    this.names(xs, f, g);
  }

  private names(xs: Float64Array, f: Curve, g: Curve | undefined): void {
    const last = (curve: Curve): number => curve[curve.length - 1]!;
    const beside = g && Math.abs(yOf(this.scale, last(f)) - yOf(this.scale, last(g))) < 24;
    this.nameAt("f", xs, f, RIGHT + 7, false);
    if (g) this.nameAt("g", xs, g, RIGHT + 7, beside ?? false);
  }

  private nameAt(which: string, xs: Float64Array, curve: Curve, x: number, inside: boolean): void {
    const name = this.svg.querySelector<SVGGElement>(`[data-name="${which}"]`);
    if (!name) return;
    const [x0, y0] = name.dataset["at"]!.split(" ").map(Number) as [number, number];
    let k = curve.length - 1;
    if (inside || !sees(this.scale, curve[k]!)) for (k = Math.floor(curve.length * 0.9); k > 0 && !sees(this.scale, curve[k]!); ) k--;
    const seen = sees(this.scale, curve[k]!);
    name.setAttribute("visibility", seen ? "inherit" : "hidden");
    if (!seen) return;
    const end = k === curve.length - 1;
    const place = end ? [x, yOf(this.scale, curve[k]!) + 6] : [xOf(this.scale, xs[k]!) + 8, yOf(this.scale, curve[k]!) - 12];
    name.setAttribute("transform", `translate(${n(place[0]! - x0)} ${n(place[1]! - y0)})`);
  }

  private inner(): void {
    const wanted = this.lit.map(Number).filter((node) => !this.shown.has(node) && this.svg.querySelector(`.inner[data-node="${node}"] .line`));
    if (wanted.length) {
      const xs = this.axisPoints();
      this.engine.along(this.axis, xs, wanted).forEach((values, k) => {
        const path = pathOf(this.scale, xs, values, false);
        this.svg.querySelectorAll(`.inner[data-node="${wanted[k]}"] path:not(.under)`).forEach((line) => line.setAttribute("d", path));
        this.chip(wanted[k]!, xs, values);
        this.shown.add(wanted[k]!);
      });
    }
    this.lit.map(Number).forEach((node) => this.dot(node));
  }

  private dot(node: number): void {
    const group = this.svg.querySelector(`.inner[data-node="${node}"]:has(.dot)`);
    if (!group) return;
    const value = this.numberAt(node);
    const [x, y] = [xOf(this.scale, this.live.at(this.axis)), yOf(this.scale, value)];
    group.setAttribute("display", sees(this.scale, value) ? "inline" : "none");
    const ring = group.querySelector(".dot");
    ring?.setAttribute("cx", n(x));
    ring?.setAttribute("cy", n(y));
    const text = group.querySelector(".val");
    if (text && this.axis.input < 0) text.textContent = numberText(value);
    text?.setAttribute("x", n(x + 14));
    text?.setAttribute("y", n(y - 8));
  }

  // The name of an inner curve beside the place where it is seen first, from the top.
  private chip(node: number, xs: Float64Array, values: Curve): void {
    const group = this.svg.querySelector<SVGGElement>(`.inner[data-node="${node}"] .name`);
    if (!group) return;
    let best = -1;
    for (let k = 0; k < xs.length; k++) if (sees(this.scale, values[k]!) && (best < 0 || values[k]! > values[best]!)) best = k;
    group.setAttribute("visibility", best < 0 ? "hidden" : "inherit");
    if (best < 0) return;
    const y = Math.max(yOf(this.scale, values[best]!) + 18, TOP + 18);
    const x = Math.min(xOf(this.scale, xs[best]!) + 14, RIGHT - Number(group.dataset["width"]) - 6);
    group.setAttribute("transform", `translate(${n(x)} ${n(y)})`);
  }

  private point(): void {
    const on = !this.face.classList.contains("elsewhere");
    const now = on ? this.here() : { at: this.live.at(this.axis), value: NaN, slope: undefined, kink: false, lines: [] };
    this.put("tangents", tangentOf(this.scale, now));
    this.put("here", hereOf(this.scale, now));
    this.put("scale", railOf(this.scale, now.at));
    this.put("grip", gripOf(this.scale, now.at));
    this.inner();
  }

  private grid(marks: number[]): void {
    const lines = marks.map((tick) => {
      const y = yOf(this.scale, tick);
      const text = `<text class="tick" x="${n(this.scale.left - 8)}" y="${n(y + 5)}" text-anchor="end">${numberText(tick)}</text>`;
      return `<path class="${tick === 0 ? "axis" : "grid"}" d="M${n(this.scale.left)} ${n(y)}H${RIGHT}"/>${text}`;
    });
    const zero = this.scale.low < 0 && this.scale.high > 0 ? `<path class="axis" d="M${n(xOf(this.scale, 0))} ${TOP}V${BOTTOM + 8}"/>` : "";
    this.put("ground", lines.join("") + zero);
    const window = this.svg.querySelector("clipPath rect");
    window?.setAttribute("x", n(this.scale.left));
    window?.setAttribute("width", n(RIGHT - this.scale.left));
  }

  private rescale([low, high]: [number, number] = [this.scale.low, this.scale.high]): void {
    this.scale = { ...this.scale, low, high };
    const xs = this.axisPoints();
    const [f, g] = this.sampled(xs);
    const [bottom, top] = heights(f, g, this.numberAt(this.engine.output));
    const marks = ticks(bottom, top, 4);
    this.scale = { low, high, bottom, top, left: leftOf(marks.map((tick) => numberText(tick))) };
    this.shown = new Set();
    this.grid(marks);
    this.curves(xs, [f, g]);
    this.svg.dispatchEvent(new CustomEvent("chalkgrad:scale", { detail: { scale: this.scale, axis: this.axis } }));
  }

  // Whether the heights no longer suit the curves: much outside, or all squeezed flat.
  private suits(): boolean {
    const [f, g] = this.sampled(this.axisPoints());
    const [bottom, top] = heights(f, g, this.numberAt(this.engine.output));
    const [now, then] = [top - bottom, this.scale.top - this.scale.bottom];
    return now > 0.45 * then && top < this.scale.top + 0.15 * then && bottom > this.scale.bottom - 0.15 * then;
  }

  private words(): string {
    const { at, value, slope } = this.here();
    const sloping = slope === undefined ? "" : `, with slope ${numberText(slope)}`;
    const name = this.svg.dataset["entry"] ?? "x";
    return `Plot from ${numberText(this.scale.low)} to ${numberText(this.scale.high)}: at ${name} = ${numberText(at)} the value is ${numberText(value)}${sloping}`;
  }

  // ----- what happens -----

  private changed(changed: Entry | undefined): void {
    const at = this.live.at(this.axis);
    const off = this.axis.input < 0 ? changed?.input !== -1 && !this.redrawn : !changed || !sameEntry(changed, this.axis);
    if (at < this.scale.low || at > this.scale.high) this.rescale(spanOf(at));
    else if (off) {
      this.shown = new Set();
      this.curves();
    }
    this.point();
  }

  private settled(): void {
    if (this.face.classList.contains("elsewhere")) return;
    if (this.redrawn && !this.suits()) {
      this.rescale();
      this.point();
    }
    const title = this.svg.querySelector("title");
    if (title) title.textContent = this.words();
  }

  private name(): void {
    const { name: letter, index } = this.live.nameOf(this.axis);
    const below = index ? `<tspan class="below" dy="4">${index}</tspan>` : "";
    this.put("axis-name", `<text class="axis-text" x="${RIGHT}" y="${RAIL + 48}" text-anchor="end">${letter}${below}</text>`);
    this.svg.dataset["entry"] = letter + (index ? `[${index}]` : "");
  }

  private refocused(entry: Entry): void {
    if (sameEntry(entry, this.axis) || this.axis.input < 0) return; // an this.axis over all entries is not one of them
    this.axis = entry;
    this.name();
    this.rescale(spanOf(this.live.at(this.axis)));
    this.point();
  }

  private isLit(nodes: string[]): void {
    this.lit = nodes;
    this.inner();
  }
}
