// A box with a double wall can be entered: its level takes the picture's place. Enter or a click goes in, Esc comes out.
import { announce } from "./announce";

export const enter = (face: HTMLElement): void => {
  face.querySelectorAll<HTMLElement>(".factory .lying, .factory .upright").forEach((frame) => levels(face, frame));
};

const levels = (face: HTMLElement, frame: HTMLElement): void => {
  const all = Array.from(frame.querySelectorAll("[data-level]"));
  if (all.length < 2) return;

  const go = (id: string | null, from?: string | null): boolean => {
    const next = all.find((level) => level.getAttribute("data-level") === id);
    if (!next) return false;
    all.forEach((level) => level.toggleAttribute("hidden", level !== next));
    announce(face);
    if (frame.contains(document.activeElement) || document.activeElement === document.body) focusIn(next, from);
    return true;
  };
  const shown = (): Element | undefined => all.find((level) => !level.hasAttribute("hidden"));
  const door = (event: Event): Element | null =>
    event.target instanceof Element ? event.target.closest("[data-enter]") : null;

  frame.addEventListener("click", (event) => {
    const target = door(event);
    if (target && go(target.getAttribute("data-enter"))) event.stopPropagation();
  });
  frame.addEventListener("keydown", (event) => {
    const level = shown();
    const done =
      event.key === "Enter" ? go(door(event)?.getAttribute("data-enter") ?? null)
      : event.key === "Escape" ? go(level?.getAttribute("data-parent") ?? null, level?.getAttribute("data-level"))
      : false;
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
