// Walk: the player takes the place of the views. W enters and leaves it; Space and → go on, ← goes back, Home and
// End lead to its ends. A box with a double wall opens below the player; Esc closes it, and then the walk.
import { mini } from "./mini";
import { spelling, type Spelling } from "./spell";

export const walk = (face: HTMLElement): void => {
  const button = face.querySelector<HTMLElement>(".walk-button");
  const player = face.querySelector<HTMLElement>(".view.walk");
  if (!player) return;
  const last = player.querySelectorAll("[data-step]").length - 1;
  const spelled = spelling(player);
  let at = 0;

  const go = (step: number): void => {
    at = Math.max(0, Math.min(step, last));
    show(player, at);
    spelled.show(at);
    inside(face, player, at);
    say(player, at);
    centre(player);
    player.querySelectorAll<HTMLButtonElement>("[data-back]").forEach((back) => (back.disabled = at === 0));
    player.querySelectorAll<HTMLButtonElement>("[data-next]").forEach((next) => (next.disabled = at === last));
  };
  const toggle = (): void => {
    const on = face.classList.toggle("walking");
    if (!on) shut(face);
    player.hidden = !on;
    button?.setAttribute("aria-pressed", String(on));
    const label = button?.querySelector("span");
    if (label) label.textContent = on ? "Leave walk" : "Walk";
    if (on) {
      refresh();
      go(at);
    }
  };

  const refresh = mini(face);
  const check = checked(player);
  face.addEventListener("chalkgrad:values", check);
  button?.addEventListener("click", toggle);
  if (!button) go(0); // a walk of its own is always open
  player.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const on = (mark: string) => target?.closest<HTMLElement>(mark);
    const stop = on("[data-stop]");
    const cell = on("td[data-e]");
    if (stop) go(Number(stop.dataset["stop"]));
    else if (on("[data-next]")) go(at + 1);
    else if (on("[data-back]")) go(at - 1);
    else if (cell) choose(spelled, cell, go);
    else if (on("[data-inside]")) openInside(face, on("[data-inside]")!, () => go(at));
  });
  player.addEventListener("keydown", (event) => {
    const target = event.target instanceof HTMLElement || event.target instanceof SVGElement ? event.target : undefined;
    const next = target?.matches("td[data-e]") ? spelled.move(target as HTMLElement, event.key) : undefined;
    const door = event.key === "Enter" || event.key === " " ? target?.closest<HTMLElement>("[data-inside]") : undefined;
    if (!next && !door) return;
    event.preventDefault();
    event.stopPropagation();
    if (door) return openInside(face, door, () => go(at));
    choose(spelled, next!, go);
    next!.focus();
  });
  face.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    if (button && (event.key === "w" || event.key === "W")) return toggle();
    if (!face.classList.contains("walking")) return;
    if (event.key === "Escape" && shut(face)) return go(at);
    if (event.key === "Escape" && button) {
      toggle();
      return button.focus();
    }
    const to = target(event, at, last);
    if (to === undefined) return;
    event.preventDefault();
    go(to);
  });
};

// Space on a button is that button's own.
const target = (event: KeyboardEvent, at: number, last: number): number | undefined => {
  if (event.target instanceof Element && event.target.closest(".factory")) return undefined;
  switch (event.key) {
    case "ArrowRight": return at + 1;
    case "ArrowLeft": return at - 1;
    case "Home": return 0;
    case "End": return last;
    case " ": return event.target instanceof HTMLButtonElement ? undefined : at + 1;
    default: return undefined;
  }
};

const choose = (spelled: Spelling, cell: HTMLElement, go: (step: number) => void): void => {
  const table = cell.closest("table");
  const step = table?.classList.contains("out") ? undefined : spelled.choose(cell);
  if (step !== undefined) go(step);
};

// ----- the inside of a box: the card's own factory, below the player -----

const openInside = (face: HTMLElement, box: Element, then: () => void): void => {
  const level = CSS.escape(box.getAttribute("data-inside") ?? "");
  shut(face);
  face.querySelectorAll<HTMLElement>(`.factory [data-enter="${level}"]`).forEach((door) => door.dispatchEvent(new MouseEvent("click", { bubbles: true })));
  const steps = box.closest("[data-at]")?.getAttribute("data-at") ?? "";
  face.setAttribute("data-entered", steps);
  then();
  face.querySelector(".view.factory")?.scrollIntoView({ block: "nearest" });
};

const shut = (face: HTMLElement): boolean => {
  if (!face.hasAttribute("data-entered")) return false;
  face.removeAttribute("data-entered");
  for (let k = 0; k < 9; k++) face.querySelectorAll<HTMLElement>(".factory [data-level]:not([hidden]) [data-leave]").forEach((leave) => leave.click());
  face.querySelectorAll<HTMLElement>(".entered-note").forEach((note) => (note.hidden = true));
  return true;
};

// What the walk has not reached is not told inside either.
const inside = (face: HTMLElement, player: HTMLElement, at: number): void => {
  const steps = (face.getAttribute("data-entered") ?? "").split(" ").filter(Boolean).map(Number);
  const on = face.hasAttribute("data-entered");
  face.classList.toggle("unreached", on && at < (steps[0] ?? 0));
  face.classList.toggle("outbound", on && at < (steps[1] ?? Infinity));
  const note = player.querySelector<HTMLElement>(".entered-note");
  if (!note) return;
  note.hidden = !on;
  const now = note.querySelector("span");
  if (now) now.textContent = steps.includes(at) ? `step ${at + 1}` : `at step ${at + 1}, seen`;
};

// ----- showing a step -----

// The comparison with the central difference was made where the page was built: it is told while the numbers are those.
const checked = (player: HTMLElement): (() => void) => {
  const sentence = player.querySelector<HTMLElement>(".checked");
  const gradients = player.querySelectorAll("[data-step]:last-child [data-num], .brackets.down");
  const now = (): string => Array.from(gradients, (one) => one.textContent).join();
  const built = sentence ? now() : "";
  return () => {
    if (sentence) sentence.hidden = now() !== built;
  };
};

// A picture wider than its frame follows the walk, and a long one keeps the place in sight.
const centre = (player: HTMLElement): void => {
  const code = player.querySelector<HTMLElement>(".beside");
  const line = code?.querySelector<HTMLElement>(".lit");
  if (code && line) code.scrollTop += line.getBoundingClientRect().top - code.getBoundingClientRect().top - code.clientHeight / 2;
  const frame = player.querySelector<HTMLElement>(".score");
  const places = Array.from(frame?.querySelectorAll("[data-at].lit") ?? []);
  const place = frame?.querySelector("td.now") ?? places.find((one) => one.getClientRects().length > 0);
  if (!frame || !place) return;
  const [outer, inner] = [frame.getBoundingClientRect(), place.getBoundingClientRect()];
  frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
  const tops = [".tell", ".controls"].map((part) => player.querySelector(part)?.getBoundingClientRect().top ?? innerHeight);
  const hidden = inner.top < 0 || inner.bottom > Math.min(innerHeight, ...tops.map((top) => (top > inner.top ? top : innerHeight)));
  if (hidden && document.activeElement !== document.body) place.scrollIntoView({ block: "center" });
};

const each = (player: HTMLElement, name: string, act: (element: Element, value: string) => void): void =>
  player.querySelectorAll(`[data-${name}]`).forEach((element) => act(element, element.getAttribute(`data-${name}`) ?? ""));

// What is known by now shows, what is not is "?", and the place one stands at is lit.
const show = (player: HTMLElement, at: number): void => {
  each(player, "step", (element, k) => ((element as HTMLElement).hidden = Number(k) !== at));
  each(player, "place", (element, k) => ((element as HTMLElement).hidden = Number(k) !== at));
  each(player, "since", (element, k) => element.classList.toggle("out", at < Number(k)));
  each(player, "until", (element, k) => element.classList.toggle("out", at >= Number(k)));
  each(player, "at", (element, k) => element.classList.toggle("lit", k.split(" ").map(Number).includes(at)));
  each(player, "pending", (element, k) => element.classList.toggle("ahead", at < Number(k)));
  each(player, "stop", (element, k) => {
    element.classList.toggle("ahead", Number(k) > at);
    element.classList.toggle("lit", Number(k) === at);
    if (Number(k) === at) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
  });
};

// The whole step in words, for screen readers.
const say = (player: HTMLElement, at: number): void => {
  const live = player.querySelector("[data-live]");
  const said = player.querySelector(`[data-step="${at}"] .say`);
  const place = player.querySelector(`[data-place="${at}"]`);
  const words = said ?? place;
  if (live && words) live.textContent = `${place?.querySelector("b")?.textContent ?? ""}, ${words.textContent ?? ""}`.replace(/\s+/g, " ").trim();
};
