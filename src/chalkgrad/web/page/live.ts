// A card that computes. Each face carries what its pictures show as one graph, forward and backward, in
//     <script type="application/json" class="model">  (made by render/live.py; `Model` below).
//
// The contract of numbers, for every part of a page:
//   data-num="12"       the text of this element (HTML or SVG) is the number at node 12 of the face's graph
//   data-num="12:4"     entry 4 (flat) of node 12
//   data-num="12:*"     node 12 where all its entries are the same, else ⋯
//   data-num="31+40"    a sum, and data-num="31/29" or "31+40/29" a quotient; 0/0 is ?
//   data-raise="12"     in words: "rises by 0.0025", for 0.01 times that number
//   data-brackets       beside data-num: a negative number stands in brackets
// When an input changes, all of these get `numberText(value)`, to the letter as Python's `number` writes it, and
// then the face gets CustomEvent("chalkgrad:values", {detail: {values}}), values[node].data being its entries.
// Values off the recorded path are not told: the face has the class "elsewhere", and no event is sent.
// A face that cannot compute has no model, and stays as it was built.
import { announce } from "./announce";
import { Engine, type Model } from "./model";
import { fields } from "./fields";
import { numbers } from "./numbers";
import { plot } from "./plot";
import { grip } from "./grip";

// The entry that an input's slider moves.
export type Entry = { input: number; entry: number };

export type Live = {
  readonly face: HTMLElement;
  readonly engine: Engine;
  at(entry: Entry): number;
  set(entry: Entry, value: number): void; // redraws all faces of the card that show
  home(): void; // back to where it was built
  onChange(act: (changed: Entry | undefined) => void): void;
  onSettle(act: () => void): void; // a little after the last change
  onRefocus(act: (entry: Entry) => void): void;
  focusOn(entry: Entry): void; // which entry the plot follows
  nameOf(entry: Entry): { name: string; index: string }; // "W" and "0,1"
};

const SETTLED = 250; // milliseconds without a change

export const live = (card: HTMLElement): void => {
  const faces = Array.from(card.querySelectorAll<HTMLElement>(":scope > .face")).filter(modelOf);
  const lives = faces.map(faceLive);
  lives.forEach((one) => one.join(lives));
};

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

const modelOf = (face: HTMLElement): Model | undefined => {
  const script = face.querySelector(":scope > script.model");
  return script ? (JSON.parse(script.textContent ?? "") as Model) : undefined;
};

type Joined = Live & {
  join(all: Joined[]): void;
  follow(at: number[][], changed: Entry | undefined, path: boolean): void;
  onPath(): boolean;
};

const faceLive = (face: HTMLElement): Joined => {
  const model = modelOf(face)!;
  const engine = new Engine(model);
  const changes: ((changed: Entry | undefined) => void)[] = [];
  const settles: (() => void)[] = [];
  const focuses: ((entry: Entry) => void)[] = [];
  let all: Joined[] = [];
  let stale = false;
  let first = true; // whether this face's own guards decide
  let timer = 0;

  const show = (changed: Entry | undefined, path: boolean): void => {
    if (!face.getClientRects().length) {
      stale = true;
      return;
    }
    stale = false;
    engine.run();
    const on = path && engine.onPath();
    face.classList.toggle("elsewhere", !on);
    face.querySelectorAll<HTMLElement>(":scope > .branch").forEach((note) => (note.hidden = on));
    fill(on);
    changes.forEach((act) => act(changed));
    if (on) face.dispatchEvent(new CustomEvent("chalkgrad:values", { detail: { values: engine.values } }));
    clearTimeout(timer);
    timer = window.setTimeout(() => settles.forEach((act) => act()), SETTLED);
  };
  const fill = numbers(face, engine);
  const share = (changed: Entry | undefined): void => {
    const leader = all[0]!;
    leader.follow(engine.at, changed, true);
    const path = leader.onPath();
    all.slice(1).forEach((one) => one.follow(engine.at, changed, path));
  };

  const own: Joined = {
    face,
    engine,
    at: (entry) => engine.get(entry),
    set: (entry, value) => {
      if (engine.get(entry) === value) return;
      engine.set(entry, value);
      share(entry);
    },
    home: () => {
      engine.reset();
      share(undefined);
    },
    onChange: (act) => changes.push(act),
    onSettle: (act) => settles.push(act),
    onRefocus: (act) => focuses.push(act),
    focusOn: (entry) => focuses.forEach((act) => act(entry)),
    nameOf: ({ input, entry }) => {
      const box = face.querySelector(`input.entry[data-input="${input}:${entry}"]`);
      const [name = "", index = ""] = (box?.getAttribute("aria-label") ?? "").replace("]", "").split("[");
      return { name: escaped(name), index };
    },
    join: (others) => {
      all = others;
      first = others[0] === own;
    },
    follow: (at, changed, path) => {
      engine.take(at);
      show(changed, path);
    },
    onPath: () => {
      if (stale) engine.run();
      return !first || engine.onPath();
    },
  };
  face.classList.add("live");
  plot(own);
  grip(own);
  fields(own);
  settles.push(() => announce(face));
  face.addEventListener("chalkgrad:shown", () => {
    if (stale) share(undefined);
  });
  face.querySelectorAll(":scope > .branch button").forEach((button) => button.addEventListener("click", own.home));
  return own;
};
