// One entry of a matrix, spelled out: the line under the score, and the wash behind the numbers that it is made of.
// The first entry's line is in the page; others are written here, from the terms that go along (walk_spelled.py).
import { numberText, significant } from "../kernels/number";

type Values = { data: ArrayLike<number> }[];
type Term = string[] | number; // factors; a number says how many terms there are in all
type Entry = {
  key: string; side: "up" | "down"; shape: number[]; vector: boolean; scalar: boolean; frozen: boolean; forward: number;
  wrap?: [string, string]; terms: Record<string, Term[]>; texts: Record<string, string>; values: Record<string, string>;
};

export type Spelling = {
  show(step: number): void;
  choose(cell: HTMLElement): number | undefined; // the step that makes this cell
  move(cell: HTMLElement, key: string): HTMLElement | undefined;
};

export const spelling = (player: HTMLElement): Spelling => {
  const entries = new Map<number, Entry>();
  const chosen = new Map<number, string>();
  let values: Values | undefined;
  let at = 0;
  player.querySelectorAll<HTMLElement>("[data-step]").forEach((step) => {
    const script = step.querySelector("script.spelled");
    if (script) entries.set(Number(step.dataset["step"]), JSON.parse(script.textContent ?? "") as Entry);
  });

  const show = (step: number): void => {
    at = step;
    player.querySelectorAll(".brackets td.lit, .brackets td.now").forEach((cell) => cell.classList.remove("lit", "now"));
    player.querySelectorAll(".brackets td[tabindex]").forEach((cell) => cell.removeAttribute("tabindex"));
    const entry = entries.get(step);
    if (!entry) return;
    const e = chosen.get(step) ?? Object.keys(entry.terms)[0]!;
    wash(player, entry, e);
    if (values || chosen.has(step)) write(panel(player, step), entry, e, values);
  };

  player.closest(".face")?.addEventListener("chalkgrad:values", (event) => {
    values = (event as CustomEvent<{ values: Values }>).detail.values;
    if (player.getClientRects().length) show(at);
  });

  return {
    show,
    choose: (cell) => {
      const key = tableKey(cell);
      const made = [...entries].filter(([, entry]) => entry.key === key).map(([step]) => step);
      const step = made.includes(at) ? at : made[0];
      const e = cell.dataset["e"];
      if (step === undefined || e === undefined || !(e in entries.get(step)!.terms)) return undefined;
      chosen.set(step, e);
      return step;
    },
    move: neighbour,
  };
};

const panel = (player: HTMLElement, step: number): HTMLElement => player.querySelector<HTMLElement>(`[data-step="${step}"] .spelt`)!;

const tableKey = (cell: HTMLElement): string => (cell.dataset["num"] ?? "").split(":")[0]!;

const cellKey = (entry: Entry, e: string): string => (entry.scalar ? entry.key : `${entry.key}:${e}`);

const cellAt = (player: HTMLElement, key: string): HTMLElement | null => player.querySelector(`.brackets td[data-num="${CSS.escape(key)}"]`);

// The numbers that an entry is made of are lit; its own cell is underlined, and takes the focus.
const wash = (player: HTMLElement, entry: Entry, e: string): void => {
  entry.terms[e]!.forEach((term) => {
    if (typeof term === "number") return;
    term.forEach((factor) => cellAt(player, factor)?.classList.add("lit"));
  });
  const target = cellAt(player, cellKey(entry, e));
  target?.classList.add("lit", "now");
  target?.closest("table")?.querySelectorAll<HTMLElement>("td[data-e]").forEach((cell) => (cell.tabIndex = cell === target ? 0 : -1));
};

// ----- the line -----

const write = (box: HTMLElement | null, entry: Entry, e: string, values: Values | undefined): void => {
  const line = box?.querySelector<HTMLElement>(".line");
  if (!box || !line) return;
  const left = line.querySelector(".katex")!;
  const total = text(cellKey(entry, e), entry.values[e]!, values);
  const parts: Node[] = [left];
  if (!(entry.frozen && values)) parts.push(sign("="), ...sum(entry, e, values));
  parts.push(sign("="), number(total, hue(entry.key, entry), "now"));
  line.replaceChildren(...parts);
  const [r, c] = index(entry, Number(e));
  const subscript = [r, c].slice(entry.vector ? 1 : 0).join(Math.max(...entry.shape) > 10 ? "," : "");
  box.querySelectorAll("[data-index]").forEach((place) => (place.textContent = entry.scalar ? "" : subscript));
  box.querySelectorAll("[data-row]").forEach((place) => (place.textContent = String(r)));
  box.querySelectorAll("[data-column]").forEach((place) => (place.textContent = String(c)));
  box.querySelectorAll("[data-raised]").forEach((place) => (place.textContent = raised(total)));
};

const index = (entry: Entry, e: number): [number, number] => {
  const width = entry.shape.at(-1) ?? 1;
  return [Math.floor(e / width), e % width];
};

const sum = (entry: Entry, e: string, values: Values | undefined): Node[] => {
  const parts: Node[] = [];
  if (entry.wrap) {
    const factor = (entry.terms[e]![0] as string[])[0]!;
    const call = made("span", "call", entry.wrap[0]);
    call.append(number(text(factor, entry.texts[factor]!, values), hue(factor, entry)), entry.wrap[1]);
    return [call];
  }
  entry.terms[e]!.forEach((term) => {
    if (typeof term === "number") return parts.push(sign("+"), word(`… ${term} terms in all`));
    const minus = term[0] === "=−1" && term.length > 1;
    if (minus || parts.length) parts.push(sign(minus ? "−" : "+"));
    return term.slice(minus ? 1 : 0).forEach((factor, k) => {
      const told = factor.startsWith("=") ? factor.slice(1) : text(factor, entry.texts[factor]!, values);
      if (k) parts.push(sign("·"));
      parts.push(number((k || parts.length) && told.startsWith("−") ? `(${told})` : told, hue(factor, entry)));
    });
  });
  return parts;
};

const made = (name: string, kind: string, content: string): HTMLElement => {
  const element = document.createElement(name);
  element.className = kind;
  element.textContent = content;
  return element;
};
const sign = (mark: string): HTMLElement => made("span", "op", mark);
const word = (words: string): HTMLElement => made("span", "left-out", words);
const number = (told: string, colour: string, more = ""): HTMLElement => made("b", `${colour} ${more}`.trim(), told);

const hue = (key: string, entry: Entry): string => {
  if (key.startsWith("=") || !key) return "";
  return !key.includes("/") && parseInt(key, 10) < entry.forward ? "forward" : "gradient";
};

// ----- numbers -----

const text = (key: string, told: string, values: Values | undefined): string => {
  const value = values && key ? valueOf(key, values) : undefined;
  return value === undefined ? told : Number.isNaN(value) ? "?" : numberText(value);
};

const valueOf = (key: string, values: Values): number | undefined => {
  const [above, below] = key.split("/").map((part) => total(part, values));
  return above === undefined ? undefined : below === undefined ? above : above / below;
};

const total = (sums: string, values: Values): number =>
  sums.split("+").reduce((so, part) => {
    const [node, entry] = part.split(":");
    return so + Number(values[Number(node)]?.data[Number(entry ?? 0)] ?? NaN);
  }, 0);

const raised = (told: string): string => {
  const slope = Number(told.replace("−", "-").replace("×10", "e").replace(/[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => "-0123456789"["⁻⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c)]!));
  if (!Number.isFinite(slope)) return "moves";
  const much = significant(Math.abs(0.01 * slope), 2);
  return much ? `${slope > 0 ? "rises" : "falls"} by ${numberText(much)}` : "stays";
};

// ----- cells -----

const MOVES: Record<string, [number, number]> = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

const neighbour = (cell: HTMLElement, key: string): HTMLElement | undefined => {
  const move = MOVES[key];
  if (!move) return undefined;
  const rows = Array.from(cell.closest("table")!.rows);
  let r = rows.findIndex((row) => row.contains(cell));
  let c = Array.from(rows[r]!.cells).indexOf(cell as HTMLTableCellElement);
  for (;;) {
    [r, c] = [r + move[0], c + move[1]];
    const next = rows[r]?.cells[c];
    if (!next || next.dataset["e"] !== undefined) return next;
  }
};
