// The index: / finds a function by name; "Show only errors" leaves those that have one.
export const find = (): void => {
  const box = document.querySelector<HTMLInputElement>('.seek input[type="search"]');
  const errors = document.querySelector<HTMLElement>(".seek .toggle");
  if (!box) return;

  const sift = (): void => {
    const wanted = box.value.trim().toLowerCase();
    const onlyErrors = errors?.getAttribute("aria-pressed") === "true";
    document.querySelectorAll<HTMLElement>(".file").forEach((file) => {
      const entries = Array.from(file.querySelectorAll<HTMLElement>(".entries > li"));
      entries.forEach((entry) => {
        const named = (entry.dataset["name"] ?? "").toLowerCase().includes(wanted);
        entry.hidden = !named || (onlyErrors && entry.dataset["error"] === undefined);
      });
      file.hidden = entries.length > 0 && entries.every((entry) => entry.hidden);
    });
    const none = document.querySelector<HTMLElement>(".none");
    if (none) none.hidden = document.querySelector(".file:not([hidden])") !== null;
  };

  box.addEventListener("input", sift);
  errors?.addEventListener("click", () => {
    errors.setAttribute("aria-pressed", String(errors.getAttribute("aria-pressed") !== "true"));
    sift();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== box) {
      event.preventDefault();
      box.focus();
    }
    if (event.key === "Escape" && document.activeElement === box) {
      box.value = "";
      sift();
    }
  });
};
