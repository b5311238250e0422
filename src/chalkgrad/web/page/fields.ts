// Boxes that hold an entry of an input: type into them, step by arrow keys, or drag sideways.
import { numberText } from "../kernels/number";
import { keyed, limitsOf } from "./grip";
import type { Entry, Live } from "./live";
import { tidied, typed } from "./steps";

const SLOP = 4; // pixels before a press becomes a drag
const PACE = 3; // pixels a step

export const fields = (live: Live): void => {
  const boxes = Array.from(live.face.querySelectorAll<HTMLInputElement>("input[data-input]"));
  boxes.forEach((box) => field(live, box));
};

const entryOf = (box: HTMLElement): Entry => {
  const [input = 0, entry = 0] = box.dataset["input"]!.split(":").map(Number);
  return { input, entry };
};

// As a box says it: two decimals where those are all.
export const boxText = (value: number, whole: boolean): string =>
  !whole && Number(value.toFixed(2)) === value && Math.abs(value) < 1e6 ? value.toFixed(2).replace("-", "−") : numberText(value);

const field = (live: Live, box: HTMLInputElement): void => {
  const entry = entryOf(box);
  const whole = box.dataset["step"] === "1";
  const slides = box.type === "range";
  let shown = NaN;
  const tell = (): void => {
    const value = live.at(entry);
    if (value === shown || (document.activeElement === box && typing)) return;
    shown = value;
    if (slides) box.value = String(value);
    else box.value = boxText(value, whole);
    box.setAttribute(slides ? "aria-valuetext" : "aria-valuenow", slides ? numberText(value) : String(value));
  };
  let typing = false;
  const go = (value: number, exact = false): void => {
    const { step } = limitsOf(live.at(entry));
    live.set(entry, whole ? Math.round(value) : exact ? value : tidied(value, step));
  };

  box.addEventListener("focus", () => live.focusOn(entry));
  box.addEventListener("input", () => {
    if (slides) return go(Number(box.value));
    typing = true;
    const value = typed(box.value);
    box.setAttribute("aria-invalid", String(value === undefined));
    if (value !== undefined) go(value, true);
  });
  const settle = (): void => {
    typing = false;
    shown = NaN;
    box.removeAttribute("aria-invalid");
    tell();
  };
  box.addEventListener("blur", settle);
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // digits, W and arrows mean themselves here
    if (event.key === "Enter" || event.key === "Escape") return settle();
    const across = !slides && /Left|Right|Home|End|Page/.test(event.key); // these move the caret
    const limits = limitsOf(live.at(entry));
    const next = across ? undefined : keyed(event, live.at(entry), whole ? { ...limits, step: 0.1 } : limits);
    if (next === undefined) return;
    event.preventDefault();
    typing = false;
    go(next);
  });
  if (!slides) scrub(live, box, entry, (value) => {
    typing = false;
    go(value);
  }, whole);
  if (slides) {
    const { low, high } = limitsOf(live.at(entry));
    [box.min, box.max, box.step] = [String(low), String(high), "any"];
  }
  live.onChange(tell);
  tell();
};

// Press and move sideways.
const scrub = (live: Live, box: HTMLInputElement, entry: Entry, go: (value: number) => void, whole: boolean): void => {
  let from: { x: number; value: number } | undefined;
  let moving = false;
  box.addEventListener("pointerdown", (event) => {
    if (event.button === 0) from = { x: event.clientX, value: live.at(entry) };
    moving = false;
  });
  box.addEventListener("pointermove", (event) => {
    if (!from || (!moving && Math.abs(event.clientX - from.x) < SLOP)) return;
    if (!moving) {
      moving = true;
      box.setPointerCapture(event.pointerId);
      box.classList.add("dragged");
      live.focusOn(entry);
    }
    event.preventDefault();
    const step = whole ? 0.25 : limitsOf(from.value).step * 10 * (event.shiftKey ? 10 : 1) / 2;
    go(from.value + Math.trunc((event.clientX - from.x) / PACE) * step);
  });
  const end = (): void => {
    from = undefined;
    box.classList.remove("dragged");
  };
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
};
