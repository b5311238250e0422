// f, f′, f″: each has a face of its own, and one of them shows. Keys 1, 2 and 3 do the same.
import { announce } from "./announce";

export const orders = (card: HTMLElement): void => {
  const faces = Array.from(card.querySelectorAll<HTMLElement>(":scope > .face"));
  const go = (wanted: string): void => {
    const next = faces.find((face) => face.dataset["order"] === wanted);
    if (!next) return;
    const typing = card.contains(document.activeElement);
    faces.forEach((face) => (face.hidden = face !== next));
    next.dispatchEvent(new CustomEvent("chalkgrad:shown"));
    announce(next);
    if (typing) next.querySelector<HTMLElement>(`[data-go="${wanted}"]`)?.focus({ preventScroll: true });
  };
  card.querySelectorAll<HTMLElement>("[data-go]").forEach((button) =>
    button.addEventListener("click", () => go(button.dataset["go"] ?? "0")),
  );
  card.addEventListener("keydown", (event) => {
    const types = event.target instanceof HTMLInputElement && event.target.type !== "range";
    if (types || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "1" || event.key === "2" || event.key === "3") go(String(Number(event.key) - 1));
  });
};
