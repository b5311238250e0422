// A closed card is its head; Open unfolds the rest, and a link to the card opens it too.
import { announce } from "./announce";

export const open = (card: HTMLElement): void => {
  const button = card.querySelector<HTMLElement>(".brief-head .push");
  const head = card.querySelector<HTMLElement>(".brief-head");
  if (!button || !head) return;
  const unfold = (): void => {
    card.classList.remove("closed");
    head.hidden = true;
    const face = card.querySelector<HTMLElement>(".face");
    if (!face) return;
    face.hidden = false;
    face.dispatchEvent(new CustomEvent("chalkgrad:shown"));
    announce(face);
  };
  button.addEventListener("click", () => {
    unfold();
    card.querySelector<HTMLElement>(".face [data-go]")?.focus({ preventScroll: true });
  });
  const meant = (): void => {
    if (decodeURIComponent(location.hash.slice(1)) === card.id) unfold();
  };
  addEventListener("hashchange", meant);
  meant();
  if (new URLSearchParams(location.search).get("only") === card.dataset["card"]) unfold();
};
