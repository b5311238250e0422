// What scrolls sideways can be scrolled by keys too.
export const reach = (within: ParentNode): void => {
  within.querySelectorAll<HTMLElement>(".tex, pre, .scroll, .display").forEach((box) => {
    if (box.scrollWidth <= box.clientWidth + 1 || box.querySelector("[tabindex], button, a")) return;
    box.tabIndex = 0;
    if (!box.hasAttribute("role")) box.setAttribute("role", "group");
  });
};
