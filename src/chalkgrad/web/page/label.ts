// Where the number of the slope stands: beside its bar, off the curves if there is room; as render/label.py has it.
import { BOTTOM, RIGHT, TOP, WIDTH } from "./scale";

export type Point = readonly [number, number];
export type Place = { x: number; y: number; anchor: "start" | "end" };
type Box = readonly [left: number, top: number, right: number, bottom: number];

const [ASIDE, HIGH, CLEAR] = [10, 12, 3]; // from the bar; of the digits; around them
const STEPS = [0, -17, 17, -34, 34, -51, 51, -68, 68];
const [CROSSED, AXIS, LEFTWARD] = [10, 3, 2.5]; // what a place costs; a step costs 1

export const slopePlace = ([x, y0, y1]: readonly [number, number, number], width: number, lines: Point[][], [level, upright]: Point): Place => {
  const middle = (y0 + y1) / 2 + 5.5;
  const fits = x + ASIDE + width < WIDTH - 4;
  let best: Place | undefined;
  let least = 0;
  const tried = (place: Place, cost: number): void => {
    const left = place.anchor === "start" ? place.x : place.x - width;
    const box: Box = [left - CLEAR, place.y - HIGH - CLEAR, left + width + CLEAR, place.y + CLEAR];
    lines.forEach((line) => (cost += meets(line, box) ? CROSSED : 0));
    cost += AXIS * (Number(box[1] < level && level < box[3]) + Number(box[0] < upright && upright < box[2]));
    if (!best || cost < least) [best, least] = [place, cost];
  };
  STEPS.forEach((step) => {
    const y = middle + step;
    if (step && !(TOP + HIGH < y && y < BOTTOM)) return;
    if (fits) tried({ x: x + ASIDE, y, anchor: "start" }, Math.abs(step) / 17);
    tried({ x: x - ASIDE, y, anchor: "end" }, Math.abs(step) / 17 + (fits ? LEFTWARD : 0));
  });
  return best!;
};

const meets = (line: Point[], [left, top, right, bottom]: Box): boolean => {
  for (let k = 1; k < line.length; k++) {
    const [xa, ya] = line[k - 1]!;
    const [xb, yb] = line[k]!;
    if (xb < left || xa > right) continue;
    const rise = xa === xb ? 0 : (yb - ya) / (xb - xa);
    const from = xa === xb ? ya : ya + (Math.max(left, xa) - xa) * rise;
    const to = xa === xb ? yb : ya + (Math.min(right, xb) - xa) * rise;
    if (Math.min(from, to) < bottom && Math.max(from, to) > top) return true;
  }
  return false;
};

// What the name of a curve takes, which stands to the right of its end.
export const nameOf = (line: Point[]): Point[] => {
  const [x, y] = line.at(-1) ?? [0, 0];
  return x > RIGHT - 1 ? [[RIGHT + 8, y - 12], [RIGHT + 8, y + 8]] : [];
};
