// Exponentials over a line, from its largest entry down so that none overflows.
import { inverse, permuted, range, type Arr } from "./array";
import { joined, linesOf, type Axes } from "./lines";
import type { Kernel } from "./node";
import { total } from "./reduce";

const logTotal = (line: Float64Array): number => {
  const top = line.reduce((a, b) => Math.max(a, b), -Infinity);
  return Number.isFinite(top) ? top + Math.log(total(line.map((x) => Math.exp(x - top)))) : top;
};

export const logsumexp: Kernel = ([x], { params, shape }) => {
  const { lines } = linesOf(x!, params.axis);
  return { shape, data: Float64Array.from(lines, logTotal) };
};

// Lines over any axes, each into one as long.
const lineByLine = (x: Arr, axis: Axes, f: (line: Float64Array) => Float64Array): Arr => {
  const ndim = x.shape.length;
  const axes = (axis === null || axis === undefined ? range(ndim) : [axis].flat()).map((a) =>
    a < 0 ? a + ndim : a,
  );
  const order = [...range(ndim).filter((a) => !axes.includes(a)), ...axes];
  const { lines } = linesOf(x, axes);
  return permuted({ shape: order.map((a) => x.shape[a]!), data: joined(lines.map(f)) }, inverse(order));
};

const logShares = (line: Float64Array): Float64Array => {
  const whole = logTotal(line);
  return line.map((x) => x - whole);
};

export const log_softmax: Kernel = ([x], { params }) => lineByLine(x!, params.axis, logShares);
export const softmax: Kernel = ([x], { params }) =>
  lineByLine(x!, params.axis, (line) => logShares(line).map(Math.exp));
