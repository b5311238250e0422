// The index: / goes to the search, which sifts functions, sections and notes; arrows go through what is left, Enter opens.
import { score, words } from "./match";

export const find = (): void => {
  const box = document.querySelector<HTMLInputElement>('.seek input[type="search"]');
  if (!box) return elsewhere();
  const errors = document.querySelector<HTMLElement>(".seek .toggle");
  const files = Array.from(document.querySelectorAll<HTMLElement>(".file")).map(read);
  const status = document.querySelector<HTMLElement>('.seek [role="status"]');
  const none = document.querySelector<HTMLElement>(".none");

  const sift = (): void => {
    const wanted = words(box.value);
    const onlyErrors = errors?.getAttribute("aria-pressed") === "true";
    const found = files.map((file) => show(file, wanted, onlyErrors)).reduce((sum, n) => sum + n, 0);
    document.body.classList.toggle("seeking", wanted.length > 0);
    if (none) none.hidden = found > 0;
    if (status) status.textContent = wanted.length === 0 && !onlyErrors ? "" : `${found} found`;
  };

  box.addEventListener("input", sift);
  errors?.addEventListener("click", () => {
    errors.setAttribute("aria-pressed", String(errors.getAttribute("aria-pressed") !== "true"));
    sift();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = document.activeElement;
    if (event.key === "/" && here !== box) return take(event, () => box.focus());
    if (event.key === "Escape" && (here === box || isFound(here))) {
      return take(event, () => {
        box.value = "";
        sift();
        box.focus();
      });
    }
    if (event.key === "Enter" && here === box && words(box.value).length) return take(event, () => best(files, words(box.value))?.click());
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step && (here === box || isFound(here))) take(event, () => move(box, here, step));
  });
  if (location.hash === "#~find") box.focus();
  if (box.value) sift(); // the browser kept it over a reload
};

type Place = { link: HTMLAnchorElement; box: HTMLElement; name: string; text: string; error: boolean };
type File = { box: HTMLElement; own: Place; entries: Place[]; sections: Place[] };

const place = (box: HTMLElement, link: HTMLAnchorElement | null, text: string): Place => ({
  box, link: link as HTMLAnchorElement, name: link?.textContent ?? "", text, error: box.dataset["error"] !== undefined,
});

const read = (box: HTMLElement): File => {
  const all = (what: string): HTMLElement[] => Array.from(box.querySelectorAll<HTMLElement>(what));
  const title = box.querySelector<HTMLAnchorElement>("h2 a");
  const formula = (entry: HTMLElement): string => entry.querySelector("annotation")?.textContent ?? "";
  return {
    box,
    own: place(box, title, box.querySelector("header code")?.textContent ?? ""),
    entries: all(".entries > li").map((entry) => place(entry, entry.querySelector<HTMLAnchorElement>("a.name"), formula(entry))),
    sections: all(".sections > li").map((entry) => place(entry, entry.querySelector("a"), "")),
  };
};

// Shows what is wanted of a file, and says how much that is. A note that is wanted itself shows all its functions.
const show = (file: File, wanted: string[], onlyErrors: boolean): number => {
  const whole = wanted.length > 0 && score(file.own.name, file.own.text, wanted) > 0;
  let found = 0;
  for (const entry of file.entries) {
    const named = whole || wanted.length === 0 || score(entry.name, entry.text, wanted) > 0;
    entry.box.hidden = !named || (onlyErrors && !entry.error);
    found += entry.box.hidden ? 0 : 1;
  }
  for (const section of file.sections) {
    section.box.hidden = onlyErrors || wanted.length === 0 || score(section.name, "", wanted) === 0;
    found += section.box.hidden ? 0 : 1;
  }
  file.box.hidden = found === 0 && (onlyErrors || (wanted.length > 0 && !whole));
  return found + (whole && !onlyErrors ? 1 : 0);
};

const best = (files: File[], wanted: string[]): HTMLAnchorElement | undefined => {
  let [top, link]: [number, HTMLAnchorElement | undefined] = [0, undefined];
  for (const file of files)
    for (const one of [file.own, ...file.entries, ...file.sections]) {
      const points = one.box.hidden ? 0 : score(one.name, one.text, wanted);
      if (points > top) [top, link] = [points, one.link];
    }
  return link;
};

const FOUND = ".file h2 a, .sections a, .entries a.name";
const isFound = (element: Element | null): boolean => element?.matches(FOUND) ?? false;

const move = (box: HTMLElement, here: Element | null, step: number): void => {
  const links = Array.from(document.querySelectorAll<HTMLElement>(FOUND)).filter((link) => link.getClientRects().length > 0);
  const at = here === box ? (step > 0 ? -1 : links.length) : links.indexOf(here as HTMLElement);
  (links[at + step] ?? box).focus();
};

const take = (event: KeyboardEvent, act: () => void): void => {
  event.preventDefault();
  act();
};

// On a note's own page / leads to the index and its search.
const elsewhere = (): void =>
  document.addEventListener("keydown", (event) => {
    const index = document.querySelector<HTMLAnchorElement>(".bar a.back");
    const typing = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement;
    if (event.key !== "/" || typing || !index || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    location.href = index.href.split("#")[0] + "#~find";
  });
