// A box with a double wall can be entered: its level takes the picture's place. Enter or a click goes in, Esc comes out.
import { announce } from "./announce";

export const enter = (face: HTMLElement): void => {
  face.querySelectorAll<HTMLElement>(".factory .lying, .factory .upright").forEach((frame) => levels(face, frame));
};

const levels = (face: HTMLElement, frame: HTMLElement): void => {
  const bare = Array.from(frame.children).filter((child) => child.matches("svg:not([data-level])")); // the outermost may have no id
  const all = [...bare, ...frame.querySelectorAll("[data-level]")];
  if (all.length < 2) return;

  const level = (id: string): Element | undefined =>
    all.find((one) => one.getAttribute("data-level") === id) ?? bare[0];
  const go = (id: string | undefined, from?: string): boolean => {
    const next = id === undefined ? undefined : level(id);
    if (!next) return false;
    all.forEach((one) => one.toggleAttribute("hidden", one !== next));
    announce(face);
    if (frame.contains(document.activeElement) || document.activeElement === document.body) focusIn(next, from);
    return true;
  };
  const come = (event: Event): boolean => {
    const door = event.target instanceof Element ? event.target.closest("[data-enter], [data-leave]") : null;
    const inside = door?.getAttribute("data-enter");
    return inside != null ? go(inside) : door ? leave() : false;
  };
  const leave = (): boolean => {
    const shown = all.find((one) => !one.hasAttribute("hidden"));
    const back = shown?.querySelector("[data-leave]")?.getAttribute("data-leave");
    return go(shown?.getAttribute("data-parent") ?? back ?? undefined, shown?.getAttribute("data-level") ?? undefined);
  };

  frame.addEventListener("click", (event) => {
    if (come(event)) event.stopPropagation();
  });
  frame.addEventListener("keydown", (event) => {
    const done = event.key === "Enter" ? come(event) : event.key === "Escape" ? leave() : false;
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  });
};

// Inside, the first box; outside again, the box one came from.
const focusIn = (level: Element, from?: string | null): void => {
  const back = from ? level.querySelector(`[data-enter="${CSS.escape(from)}"]`) : null;
  const place = (back ?? level.querySelector("[data-node]")) as SVGElement | HTMLElement | null;
  if (!place) return;
  if (!place.hasAttribute("tabindex")) place.setAttribute("tabindex", "-1");
  place.focus({ preventScroll: true });
};
