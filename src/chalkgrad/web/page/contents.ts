// The list of sections in the bar closes when one of them is chosen, on Esc, and when one clicks beside it.
export const contents = (): void => {
  const list = document.querySelector<HTMLDetailsElement>("details.contents");
  if (!list) return;
  const close = (): void => {
    list.open = false;
  };
  list.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("a")) close();
  });
  list.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !list.open) return;
    event.stopPropagation();
    close();
    list.querySelector<HTMLElement>("summary")?.focus();
  });
  document.addEventListener("pointerdown", (event) => {
    if (event.target instanceof Node && !list.contains(event.target)) close();
  });
};
