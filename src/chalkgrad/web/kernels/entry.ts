// Functions of single entries that JavaScript has no name or another meaning for.
import type { Params } from "./node";

// ----- arithmetic as NumPy has it -----

// 1 to any power is 1, and so is -1 to an infinite one.
export const power = (a: number, b: number): number =>
  a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b;

// The remainder has the divisor's sign.
export const mod = (a: number, b: number): number => {
  const r = a % b;
  return r !== 0 && b < 0 !== r < 0 ? r + b : r;
};

// By way of the exact remainder: 1 // 0.1 is 9, though 1 / 0.1 rounds to 10.
export const floor_divide = (a: number, b: number): number => {
  if (b === 0 || !Number.isFinite(a)) return b === 0 ? a / b : NaN;
  if (!Number.isFinite(b)) return Number.isNaN(b) ? NaN : a !== 0 && a < 0 !== b < 0 ? -1 : 0;
  const quotient = (a - mod(a, b)) / b;
  const whole = Math.floor(quotient);
  return quotient - whole > 0.5 ? whole + 1 : whole;
};

export const fmax = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b);
export const fmin = (a: number, b: number): number =>
  Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b);

const whole = (x: number): bigint => BigInt(Math.trunc(x));
export const gcd = (a: number, b: number): number => {
  let [x, y] = [whole(Math.abs(a)), whole(Math.abs(b))];
  while (y) [x, y] = [y, x % y];
  return Number(x);
};
export const lcm = (a: number, b: number): number => (a && b ? (Math.abs(a) / gcd(a, b)) * Math.abs(b) : 0);

// ----- rounding -----

// Halves go to the even neighbour.
export const rint = (x: number): number => {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : rest >= 0.5 ? low + 1 : x;
};

export const round = (x: number, { decimals = 0 }: Params): number => {
  const scale = 10 ** Math.abs(decimals);
  if (!Number.isFinite(x)) return x;
  return decimals === 0 ? rint(x) : decimals > 0 ? rint(x * scale) / scale : rint(x / scale) * scale;
};

export const nan_to_num = (x: number, { nan = 0, posinf = null, neginf = null }: Params): number => {
  if (Number.isNaN(x)) return nan;
  if (x === Infinity) return posinf ?? Number.MAX_VALUE;
  return x === -Infinity ? (neginf ?? -Number.MAX_VALUE) : x;
};

export const isclose = (
  a: number,
  b: number,
  { rtol = 1e-5, atol = 1e-8, equal_nan = false }: Params,
): boolean =>
  a === b ||
  (equal_nan && Number.isNaN(a) && Number.isNaN(b)) ||
  (Number.isFinite(a) && Number.isFinite(b) && Math.abs(a - b) <= atol + rtol * Math.abs(b));

// ----- exponentials -----

// ln(eᵃ + eᵇ); two equal infinities have no difference.
export const logaddexp = (a: number, b: number): number =>
  a === b ? a + Math.LN2 : Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
export const logaddexp2 = (a: number, b: number): number =>
  a === b ? a + 1 : Math.max(a, b) + Math.log1p(2 ** -Math.abs(a - b)) / Math.LN2;
