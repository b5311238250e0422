// Which graph nodes an element belongs to, and which elements belong to a node.
export const nodesOf = (element: Element): string[] =>
  (element.getAttribute("data-node") ?? "").split(/\s+/).filter(Boolean);

// The walk lights its own places.
const linked = (element: Element): boolean => !element.closest(".view.walk");

export const marked = (target: EventTarget | null, face: HTMLElement): Element | undefined => {
  const hit = target instanceof Element ? target.closest("[data-node]") : null;
  return hit && face.contains(hit) && linked(hit) ? hit : undefined;
};

export const elementsOf = (face: HTMLElement, node: string): Element[] =>
  Array.from(face.querySelectorAll(`[data-node~="${CSS.escape(node)}"]`)).filter(linked);

export const litOf = (face: HTMLElement): Element[] => Array.from(face.querySelectorAll(".lit")).filter(linked);

// Graph order is the order of the sentences in the foot.
export const order = (face: HTMLElement): string[] =>
  Array.from(face.querySelectorAll<HTMLElement>(".told")).map((told) => told.dataset["told"] ?? "");

// What the foot says of a place that stands for several nodes: its result's sentence, the last one.
export const toldOf = (face: HTMLElement, nodes: string[]): HTMLElement | undefined => {
  const sentences = Array.from(face.querySelectorAll<HTMLElement>(".told"));
  return sentences.filter((sentence) => nodes.includes(sentence.dataset["told"] ?? "")).at(-1);
};

const seen = (element: Element): boolean => element.getClientRects().length > 0;

const boxOf = (places: Element[]): Element | undefined =>
  places.find((place) => place.closest(".factory") && (place.matches(".box") || place.querySelector(".box")));

// The one place of a node that takes the focus: its box, else its code, else its term. A term beside a factory is
// hidden from what reads pages aloud, so a network's weights, whose boxes are inside their layers, have none outside.
export const anchorOf = (face: HTMLElement, node: string): HTMLElement | SVGElement | undefined => {
  const places = elementsOf(face, node).filter(seen);
  const within = (view: string) => places.find((place) => place.closest(view));
  const term = face.querySelector(".factory") ? undefined : places[0];
  return (boxOf(places) ?? within(".factory") ?? within(".code") ?? term) as HTMLElement | SVGElement | undefined;
};
