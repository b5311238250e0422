// Where a key leads from a node: Tab, ↓ and ↑ in graph order, → and ← along the roads of the factory.
import { anchorOf, order } from "./nodes";

export const stepAlong = (face: HTMLElement, node: string, event: KeyboardEvent): string | undefined => {
  switch (event.key) {
    case "Tab": return neighbour(face, node, event.shiftKey ? -1 : 1);
    case "ArrowDown": return neighbour(face, node, 1);
    case "ArrowUp": return neighbour(face, node, -1);
    case "ArrowRight": return road(face, "from", node, "to") ?? neighbour(face, node, 1);
    case "ArrowLeft": return road(face, "to", node, "from") ?? neighbour(face, node, -1);
    case "Home": return reachable(face)[0];
    case "End": return reachable(face).at(-1);
    default: return undefined;
  }
};

const reachable = (face: HTMLElement): string[] => order(face).filter((node) => anchorOf(face, node));

const neighbour = (face: HTMLElement, node: string, step: number): string | undefined => {
  const nodes = reachable(face);
  const at = nodes.indexOf(node);
  return at < 0 ? undefined : nodes[at + step];
};

const road = (face: HTMLElement, here: string, node: string, there: string): string | undefined => {
  const found = face.querySelector<SVGElement>(`[data-${here}="${CSS.escape(node)}"]`);
  const next = found?.dataset[there];
  return next !== undefined && anchorOf(face, next) ? next : undefined;
};
