// The grip of x: a slider of the browser's own, unseen over the rail, so that mouse, touch, keys and readers have it.
import { numberText } from "../kernels/number";
import { stepFor, tidied, type Limits } from "./steps";
import type { Entry, Live } from "./live";
import { RAIL, RIGHT, WIDTH, spanOf, type Scale } from "./scale";

export const grip = (live: Live): void => {
  const rail = live.face.querySelector<HTMLInputElement>(".plot input.rail");
  const svg = live.face.querySelector<SVGSVGElement>(".plot svg[data-scale]");
  let axis = live.engine.model.axis;
  if (!rail || !svg || !axis) return;
  if (!live.engine.draws(axis)) return rail.remove();
  let limits: Limits = { low: 0, high: 1, step: 0.01 };

  const place = (scale: Scale): void => {
    const height = Number(svg.getAttribute("height"));
    rail.style.left = `calc(${(100 * scale.left) / WIDTH}% - 22px)`;
    rail.style.width = `calc(${(100 * (RIGHT - scale.left)) / WIDTH}% + 44px)`;
    rail.style.top = `calc(${(100 * RAIL) / height}% - 22px)`;
    limits = { low: scale.low, high: scale.high, step: stepFor(scale.low, scale.high) };
    [rail.min, rail.max] = [String(scale.low), String(scale.high)];
    rail.step = "any";
    tell();
  };
  const tell = (): void => {
    const at = live.at(axis!);
    rail.value = String(at);
    rail.setAttribute("aria-valuetext", numberText(at));
  };
  const go = (value: number): void => live.set(axis!, tidied(value, limits.step));

  rail.addEventListener("input", () => go(Number(rail.value)));
  rail.addEventListener("keydown", (event) => {
    const next = keyed(event, live.at(axis!), limits);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    go(next);
  });
  svg.addEventListener("chalkgrad:scale", (event) => {
    const detail = (event as CustomEvent<{ scale: Scale; axis: Entry }>).detail;
    axis = detail.axis;
    place(detail.scale);
  });
  live.onChange(tell);
  place(JSON.parse(svg.dataset["scale"]!) as Scale);
};

// Where a key leads: a step, ten with Shift, and to the ends.
export const keyed = (event: KeyboardEvent, at: number, { low, high, step }: Limits): number | undefined => {
  if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
  const far = step * 10 * (event.shiftKey ? 10 : 1);
  switch (event.key) {
    case "ArrowRight": case "ArrowUp": return Math.min(high, at + far);
    case "ArrowLeft": case "ArrowDown": return Math.max(low, at - far);
    case "PageUp": return Math.min(high, at + step * 100);
    case "PageDown": return Math.max(low, at - step * 100);
    case "Home": return low;
    case "End": return high;
    default: return undefined;
  }
};

export const limitsOf = (at: number): Limits => {
  const [low, high] = spanOf(at);
  return { low, high, step: stepFor(low, high) };
};
