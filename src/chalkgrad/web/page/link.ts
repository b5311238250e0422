// Point: light. Click, tap or Enter: pin. Esc: release. Tab: node after node. Arrows: along the roads.
import { announce } from "./announce";
import { light } from "./light";
import { marked, nodesOf } from "./nodes";
import { stepAlong, type Place } from "./roads";

const NARROW = "(max-width: 600px)";

export const link = (face: HTMLElement): void => {
  let pinned: string[] | undefined;

  const show = (nodes: string[]): void => light(face, nodes);
  const pin = (nodes: string[] | undefined): void => {
    pinned = nodes;
    face.classList.toggle("pinned", nodes !== undefined);
    show(nodes ?? []);
  };
  const toggle = (nodes: string[]): void => pin(pinned?.join() === nodes.join() ? undefined : nodes);

  face.addEventListener("pointerover", (event) => {
    const hit = marked(event.target, face);
    show(hit ? nodesOf(hit) : (pinned ?? []));
  });
  face.addEventListener("pointerleave", () => show(pinned ?? []));
  face.addEventListener("focusin", (event) => {
    const hit = marked(event.target, face);
    if (hit) show(nodesOf(hit));
  });
  face.addEventListener("focusout", () => show(pinned ?? []));
  face.addEventListener("click", (event) => {
    const hit = marked(event.target, face);
    if (hit) toggle(nodesOf(hit));
  });
  face.querySelectorAll(".shut").forEach((button) => button.addEventListener("click", () => pin(undefined)));

  const focus = (place: Place): void => {
    face.querySelectorAll('[data-node][tabindex="0"]').forEach((element) => element.setAttribute("tabindex", "-1"));
    place.setAttribute("tabindex", "0");
    place.focus();
  };
  face.addEventListener("keydown", (event) => {
    const hit = marked(event.target, face);
    if (!hit || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      return toggle(nodesOf(hit));
    }
    const next = stepAlong(face, hit as Place, event);
    if (next === undefined) return;
    event.preventDefault();
    focus(next);
  });

  // Wherever the focus is: after a click it is nowhere.
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && pinned) pin(undefined);
  });

  announce(face);
  matchMedia(NARROW).addEventListener("change", () => announce(face)); // lying and upright factories change places
};
