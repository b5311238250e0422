// Lights the given nodes in all views of a face, and lets the foot tell the first of them.
import { elementsOf, litOf, toldOf } from "./nodes";

export const light = (face: HTMLElement, nodes: string[]): void => {
  litOf(face).forEach((element) => element.classList.remove("lit"));
  nodes.forEach((node) => elementsOf(face, node).forEach((element) => element.classList.add("lit")));
  tell(face, nodes);
  face.dispatchEvent(new CustomEvent("chalkgrad:lit", { detail: nodes }));
};

const tell = (face: HTMLElement, nodes: string[]): void => {
  const told = toldOf(face, nodes);
  face.querySelectorAll<HTMLElement>(".told").forEach((sentence) => (sentence.hidden = sentence !== told));
  face.querySelectorAll<HTMLElement>(".rest").forEach((rest) => (rest.hidden = told !== undefined));
};
