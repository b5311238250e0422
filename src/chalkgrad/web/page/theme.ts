// Paper or board: the system's choice until the reader makes one.
const KEY = "chalkgrad-theme";
type Theme = "paper" | "board";

const remembered = (): Theme | undefined => {
  try {
    const stored = localStorage.getItem(KEY);
    return stored === "paper" || stored === "board" ? stored : undefined;
  } catch {
    return undefined; // storage is closed to some pages on disk
  }
};

const current = (): Theme => {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "paper" || chosen === "board") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "board" : "paper";
};

export const recallTheme = (): void => {
  const chosen = remembered();
  if (chosen) document.documentElement.dataset["theme"] = chosen;
};

export const theme = (): void => {
  document.querySelectorAll<HTMLElement>(".theme").forEach((button) =>
    button.addEventListener("click", () => {
      const next: Theme = current() === "paper" ? "board" : "paper";
      document.documentElement.dataset["theme"] = next;
      try {
        localStorage.setItem(KEY, next);
      } catch {
        // the choice lasts for this page
      }
    }),
  );
};
