// Walk: the player takes the place of the views. W enters and leaves it; Space and → go on, ← goes back.
export const walk = (face: HTMLElement): void => {
  const button = face.querySelector<HTMLElement>(".walk-button");
  const player = face.querySelector<HTMLElement>(".view.walk");
  if (!button || !player) return;
  const last = player.querySelectorAll("[data-step]").length - 1;
  let at = 0;

  const go = (step: number): void => {
    at = Math.max(0, Math.min(step, last));
    show(player, at);
    centre(player);
    player.querySelectorAll<HTMLButtonElement>("[data-back]").forEach((back) => (back.disabled = at === 0));
    player.querySelectorAll<HTMLButtonElement>("[data-next]").forEach((next) => (next.disabled = at === last));
  };
  const toggle = (): void => {
    const on = face.classList.toggle("walking");
    player.hidden = !on;
    button.setAttribute("aria-pressed", String(on));
    const label = button.querySelector("span");
    if (label) label.textContent = on ? "Leave walk" : "Walk";
    if (on) go(at);
  };

  button.addEventListener("click", toggle);
  player.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    const stop = target?.closest<HTMLElement>("[data-stop]");
    if (stop) go(Number(stop.dataset["stop"]));
    if (target?.closest("[data-next]")) go(at + 1);
    if (target?.closest("[data-back]")) go(at - 1);
  });
  face.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
    if (event.key === "w" || event.key === "W") return toggle();
    if (!face.classList.contains("walking")) return;
    if (event.key === "Escape") return toggle();
    const step = direction(event);
    if (!step) return;
    event.preventDefault();
    go(at + step);
  });
};

// Space on a button is that button's own.
const direction = (event: KeyboardEvent): number => {
  if (event.key === "ArrowRight") return 1;
  if (event.key === "ArrowLeft") return -1;
  return event.key === " " && !(event.target instanceof HTMLButtonElement) ? 1 : 0;
};

// A picture wider than its frame follows the walk.
const centre = (player: HTMLElement): void => {
  const frame = player.querySelector<HTMLElement>(".score");
  const place = frame?.querySelector("[data-at].lit");
  if (!frame || !place) return;
  const [outer, inner] = [frame.getBoundingClientRect(), place.getBoundingClientRect()];
  frame.scrollLeft += inner.left + inner.width / 2 - outer.left - outer.width / 2;
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
  each(player, "stop", (element, k) => {
    element.classList.toggle("ahead", Number(k) > at);
    element.classList.toggle("lit", Number(k) === at);
    if (Number(k) === at) element.setAttribute("aria-current", "step");
    else element.removeAttribute("aria-current");
  });
};
