// page.html?only=sigmoid shows one card and nothing else, for an iframe.
export const only = (name: string | null): void => {
  if (!name) return;
  const cards = Array.from(document.querySelectorAll<HTMLElement>("[data-card]"));
  const wanted = cards.find((card) => card.dataset["card"] === name);
  if (!wanted) return;
  document.documentElement.classList.add("only");
  const main = document.querySelector("main");
  main?.replaceChildren(wanted);
};
