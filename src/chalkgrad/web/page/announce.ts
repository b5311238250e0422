// Every node that shows can be reached and is named by its own sentence; one at a time is in the page's tab order.
import { reach } from "./reach";
import { anchorOf, order } from "./nodes";

export const announce = (face: HTMLElement): void => {
  let first = true;
  for (const node of order(face)) {
    const anchor = anchorOf(face, node);
    if (!anchor) continue;
    anchor.setAttribute("tabindex", first ? "0" : "-1");
    anchor.setAttribute("role", "button");
    anchor.closest("svg")?.setAttribute("role", "group"); // an image has no buttons inside
    anchor.setAttribute("aria-label", sentence(face, node));
    first = false;
  }
  reach(face);
};

const sentence = (face: HTMLElement, node: string): string => {
  const told = face.querySelector(`.told[data-told="${CSS.escape(node)}"]`)?.cloneNode(true) as HTMLElement;
  told.querySelectorAll(".katex-html, annotation").forEach((part) => part.remove()); // said by the MathML
  return (told.textContent ?? "").replace(/\s+/g, " ").trim();
};
