// A training to scrub through: what carries data-frame shows at one moment only, and a slider says which.
export const training = (section: HTMLElement): void => {
  const slider = section.querySelector<HTMLInputElement>("input.moments");
  if (!slider) return;
  const frames = Array.from(section.querySelectorAll("[data-frame]"));
  const show = (): void => {
    frames.forEach((frame) => frame.toggleAttribute("hidden", frame.getAttribute("data-frame") !== slider.value));
    const told = section.querySelector(`.moment [data-frame="${slider.value}"]`)?.textContent ?? "";
    slider.setAttribute("aria-valuetext", told);
  };
  slider.addEventListener("input", show);
  show(); // a page that is gone back to keeps the slider where it was
};
