// Walk: the player takes the place of the views. W enters and leaves it; Space and → go on, ← goes back.
export const walk = (face: HTMLElement): void => {
  const button = face.querySelector<HTMLElement>(".walk-button");
  const player = face.querySelector<HTMLElement>(".view.walk");
  if (!button || !player) return;
  const steps = Array.from(player.querySelectorAll<HTMLElement>("[data-step]"));
  const stops = Array.from(player.querySelectorAll<HTMLElement>("[data-stop]"));
  let at = 0;

  const go = (step: number): void => {
    at = Math.max(0, Math.min(step, steps.length - 1));
    steps.forEach((element, i) => (element.hidden = i !== at));
    stops.forEach((stop) => {
      const here = Number(stop.dataset["stop"]);
      stop.classList.toggle("lit", here === at);
      stop.classList.toggle("ahead", here > at);
      if (here === at) stop.setAttribute("aria-current", "step");
      else stop.removeAttribute("aria-current");
    });
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
    const onButton = event.target instanceof HTMLButtonElement;
    const step = event.key === "ArrowRight" || (event.key === " " && !onButton) ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    go(at + step);
  });
};
