// Where a key leads from a place: Tab, ↓ and ↑ in graph order, → and ← along the roads of the factory.
// Places, not nodes: a closed function is one place and stands for many nodes.
import { anchorOf, nodesOf, order } from "./nodes";

export type Place = HTMLElement | SVGElement;

export const places = (face: HTMLElement): Place[] => {
  const found = order(face).map((node) => anchorOf(face, node));
  return [...new Set(found.filter((place): place is Place => place !== undefined))];
};

export const stepAlong = (face: HTMLElement, here: Place, event: KeyboardEvent): Place | undefined => {
  switch (event.key) {
    case "Tab": return neighbour(face, here, event.shiftKey ? -1 : 1);
    case "ArrowDown": return neighbour(face, here, 1);
    case "ArrowUp": return neighbour(face, here, -1);
    case "ArrowRight": return road(face, here, "from", "to") ?? neighbour(face, here, 1);
    case "ArrowLeft": return road(face, here, "to", "from") ?? neighbour(face, here, -1);
    case "Home": return places(face)[0];
    case "End": return places(face).at(-1);
    default: return undefined;
  }
};

const neighbour = (face: HTMLElement, here: Place, step: number): Place | undefined => {
  const all = places(face);
  const at = all.indexOf(here);
  return at < 0 ? undefined : all[at + step];
};

const road = (face: HTMLElement, here: Place, near: string, far: string): Place | undefined => {
  for (const node of nodesOf(here).reverse())
    for (const found of face.querySelectorAll(`.factory [data-${near}="${CSS.escape(node)}"]`)) {
      const place = anchorOf(face, found.getAttribute(`data-${far}`) ?? "");
      if (place && place !== here) return place;
    }
  return undefined;
};
