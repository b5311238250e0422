// The small plots of a walk: point and tangent follow the values, the curve stays.
type Values = { data: ArrayLike<number> }[];

const WIDE = 216;
const HIGH = 126;
const HALF = 62; // of the tangent, on the screen

// Gives what brings them up to date when the walk comes into sight.
export const mini = (face: HTMLElement): (() => void) => {
  const plots = face.querySelectorAll<SVGElement>("[data-mini]");
  let values: Values | undefined;
  const refresh = (): void => {
    if (values && face.classList.contains("walking")) plots.forEach((plot) => place(plot, values!));
  };
  face.addEventListener("chalkgrad:values", (event) => {
    values = (event as CustomEvent<{ values: Values }>).detail.values;
    refresh();
  });
  return refresh;
};

const place = (plot: SVGElement, values: Values): void => {
  const [reach = 1, low = 0, high = 1] = (plot.getAttribute("data-mini") ?? "").split(" ").map(Number);
  const of = (name: string): number => valueOf(plot.getAttribute(`data-${name}`) ?? "", values);
  const x = ((of("u") + reach) / (2 * reach)) * WIDE;
  const perUnit = HIGH / (high - low);
  const y = HIGH - (of("v") - low) * perUnit;
  const zero = Math.min(Math.max(HIGH + low * perUnit, 0), HIGH);
  const inside = x >= 0 && x <= WIDE && y >= -6 && y <= HIGH + 6;
  const point = plot.querySelector(".point");
  point?.setAttribute("cx", x.toFixed(1));
  point?.setAttribute("cy", y.toFixed(1));
  point?.classList.toggle("away", !inside);
  plot.querySelector(".drop")?.setAttribute("d", `M${x.toFixed(1)} ${zero.toFixed(1)}V${y.toFixed(1)}`);
  plot.querySelector(".tangent")?.setAttribute("d", tangent(x, y, (-of("slope") * perUnit * 2 * reach) / WIDE));
};

const tangent = (x: number, y: number, rate: number): string => {
  if (!Number.isFinite(rate)) return "";
  const dx = HALF / Math.hypot(1, rate);
  return `M${(x - dx).toFixed(1)} ${(y - rate * dx).toFixed(1)}L${(x + dx).toFixed(1)} ${(y + rate * dx).toFixed(1)}`;
};

const valueOf = (key: string, values: Values): number => {
  const [above = "", below] = key.split("/");
  return total(above, values) / (below ? total(below, values) : 1);
};

const total = (sum: string, values: Values): number =>
  sum.split("+").reduce((so, node) => so + (node ? Number(values[Number(node)]?.data[0] ?? NaN) : NaN), 0);
