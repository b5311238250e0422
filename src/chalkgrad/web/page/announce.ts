// Every node that shows can be reached and is named by its own sentence; one at a time is in the page's tab order.
import { reach } from "./reach";
import { nodesOf, toldOf } from "./nodes";
import { places } from "./roads";

export const announce = (face: HTMLElement): void => {
  let first = true;
  for (const anchor of places(face)) {
    anchor.setAttribute("tabindex", first ? "0" : "-1");
    anchor.setAttribute("role", "button");
    anchor.closest("svg")?.setAttribute("role", "group"); // an image has no buttons inside
    anchor.setAttribute("aria-label", sentence(face, nodesOf(anchor)));
    first = false;
  }
  reach(face);
};

const sentence = (face: HTMLElement, nodes: string[]): string => {
  const told = toldOf(face, nodes)?.cloneNode(true) as HTMLElement;
  told.querySelectorAll(".katex-html, annotation").forEach((part) => part.remove()); // said by the MathML
  return (told.textContent ?? "").replace(/\s+/g, " ").trim();
};
