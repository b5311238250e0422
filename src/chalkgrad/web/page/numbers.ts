// Every number that shows, rewritten from the values; see live.ts for what data-num says.
import { numberText, significant } from "../kernels/number";
import type { Engine } from "./model";

const NUDGE = 0.01;

export const numbers = (face: HTMLElement, engine: Engine): ((onPath: boolean) => void) => {
  let places: { element: Element; key: string; shown: string | null }[] | undefined;
  let raises: { element: Element; key: string }[] = [];
  const find = (): void => {
    places = Array.from(face.querySelectorAll("[data-num]"), (element) => ({ element, key: element.getAttribute("data-num")!, shown: element.textContent }));
    raises = Array.from(face.querySelectorAll("[data-raise]"), (element) => ({ element, key: element.getAttribute("data-raise")! }));
  };
  return (onPath) => {
    if (!places) find();
    const told = new Map<string, string>();
    places!.forEach((place) => {
      const { element, key, shown } = place;
      let text = told.get(key);
      if (text === undefined) told.set(key, (text = onPath || isInput(key, engine) ? textOf(key, engine) : "–"));
      const own = text.startsWith("−") && element.hasAttribute("data-brackets") ? `(${text})` : text;
      if (shown !== own) write(element, (place.shown = own));
    });
    raises.forEach(({ element, key }) => (element.textContent = onPath ? words(valueOf(key, engine)) : "…"));
  };
};

const isInput = (key: string, engine: Engine): boolean => engine.model.graph.inputs.includes(parseInt(key, 10)) && /^\d+(:\d+)?$/.test(key);

export const textOf = (key: string, engine: Engine): string => {
  if (key.includes("/") || key.includes("+")) {
    const value = valueOf(key, engine);
    return key.includes("/") && Number.isNaN(value) ? "?" : numberText(value);
  }
  const [node = "", entry = ""] = key.split(":");
  const dtype = engine.dtype(Number(node));
  return entry === "*" ? same(engine.values[Number(node)]!.data, dtype) : numberText(valueOf(key, engine), dtype);
};

const valueOf = (key: string, engine: Engine): number => {
  const [above = "", below] = key.split("/");
  return total(above, engine) / (below ? total(below, engine) : 1);
};

const total = (sum: string, engine: Engine): number => sum.split("+").reduce((so, place) => so + entryOf(place, engine), 0);

const entryOf = (place: string, engine: Engine): number => {
  const [node = "", entry = "0"] = place.split(":");
  return engine.values[Number(node)]!.data[Number(entry)]!;
};

const same = (data: Float64Array, dtype: string): string =>
  data.length && data.every((entry) => entry === data[0]) ? numberText(data[0]!, dtype) : "⋯";

const words = (slope: number): string => {
  const change = slope * NUDGE;
  if (!Number.isFinite(change)) return "goes where its slope cannot say";
  const much = numberText(significant(Math.abs(change), 2));
  return much === "0" ? "stays, as far as its slope can say" : `${change > 0 ? "rises" : "falls"} by ${much}`;
};

// In a factory, the wash behind a number and the rule under it are as wide as the number.
const write = (element: Element, text: string): void => {
  element.textContent = text;
  const rule = element.previousElementSibling;
  const wash = rule?.previousElementSibling;
  if (!rule?.matches("path.rule") || !wash?.matches("rect.wash")) return;
  const width = widthOf(text) + 10;
  const x = Number(element.getAttribute("x"));
  const anchor = element.getAttribute("text-anchor");
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width + 5 : x - 5;
  const y = Number(wash.getAttribute("y")) + 22;
  wash.setAttribute("x", left.toFixed(1));
  wash.setAttribute("width", width.toFixed(1));
  rule.setAttribute("d", `M${left.toFixed(1)} ${y}h${width.toFixed(1)}`);
};

const widthOf = (text: string): number => [...text].reduce((so, c) => so + (".,: ".includes(c) ? 0.27 : 0.53) * 17, 0);
