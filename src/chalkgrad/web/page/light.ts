// Lights the given nodes in all views of a face, and lets the foot tell the first of them.
import { elementsOf, litOf } from "./nodes";

export const light = (face: HTMLElement, nodes: string[]): void => {
  litOf(face).forEach((element) => element.classList.remove("lit"));
  nodes.forEach((node) => elementsOf(face, node).forEach((element) => element.classList.add("lit")));
  tell(face, nodes);
};

const tell = (face: HTMLElement, nodes: string[]): void => {
  const sentences = Array.from(face.querySelectorAll<HTMLElement>(".told"));
  const told = sentences.find((sentence) => nodes.includes(sentence.dataset["told"] ?? ""));
  sentences.forEach((sentence) => (sentence.hidden = sentence !== told));
  face.querySelectorAll<HTMLElement>(".rest").forEach((rest) => (rest.hidden = told !== undefined));
};
