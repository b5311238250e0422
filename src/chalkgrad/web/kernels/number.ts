// Numbers as people read them, to the letter as render/numbers.py writes them.
import { isFloat, kindOf } from "./dtype";

const MINUS = "\u2212";
const RAISED: Record<string, string> = {
  "-": "⁻",
  0: "⁰",
  1: "¹",
  2: "²",
  3: "³",
  4: "⁴",
  5: "⁵",
  6: "⁶",
  7: "⁷",
  8: "⁸",
  9: "⁹",
};

const trimmed = (digits: string): string => digits.replace(/\.?0+$/, "");

// Python rounds a tie to the even digit, JavaScript upwards; with enough digits both write a double exactly.
const even = (up: string, exact: string, length: number): string =>
  /^50*$/.test(exact.slice(length)) && /[02468]/.test(exact[length - 1]!) ? exact.slice(0, length) : up;

const fixed = (size: number, decimals: number): string => {
  const exact = size.toFixed(80);
  return even(size.toFixed(decimals), exact, exact.indexOf(".") + 1 + decimals);
};

const scientific = (size: number): string => {
  const [digits = "", power = ""] = size.toExponential(100).split("e");
  const rounded = size.toExponential(3).split("e");
  const kept = even(rounded[0]!, digits, 5);
  return `${kept}e${kept === rounded[0] ? rounded[1] : power}`;
};

const powerOfTen = (size: number): string => {
  const written = scientific(size);
  const [digits = "", power = ""] = written.split("e");
  const raised = [...String(Number(power))].map((c) => RAISED[c] ?? "").join("");
  return `${Number(written) === size ? trimmed(digits) : digits}×10${raised}`;
};

const magnitude = (size: number): string => {
  if (size === 0) return "0";
  if (size >= 1e7 || size < 1e-4) return powerOfTen(size);
  const short = trimmed(fixed(size, 4));
  if (Math.abs(Number(short) - size) <= 1e-12 * Math.max(size, Number(short))) return short;
  if (size >= 10_000) return fixed(size, 1);
  if (size < 0.1) return fixed(size, 3 - Math.floor(Math.log10(size)));
  return fixed(size, 4);
};

const whole = (size: number): string => (size < 1e7 ? String(size) : powerOfTen(size));

// The shortest digits that single precision reads as the same number.
const shortest = (single: number): number => {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
};

export const numberText = (value: number, dtype = "<f8"): string => {
  const kind = kindOf(dtype);
  if (kind === "b1") return value !== 0 ? "True" : "False";
  if (Number.isNaN(value)) return "nan";
  const size = kind === "f4" && Number.isFinite(value) ? shortest(Math.abs(value)) : Math.abs(value);
  const text = size === Infinity ? "∞" : isFloat(dtype) ? magnitude(size) : whole(size);
  return value < 0 && /[^0.]/.test(text) ? MINUS + text : text;
};

// A size with so many significant digits, as Python's `f"{size:.2g}"` rounds it.
export const significant = (size: number, digits: number): number => {
  if (size === 0 || !Number.isFinite(size)) return size;
  const [exact = "", power = ""] = size.toExponential(100).split("e");
  const rounded = size.toExponential(digits - 1).split("e");
  const kept = even(rounded[0]!, exact, digits + 1);
  return Number(`${kept}e${kept === rounded[0] ? rounded[1] : power}`);
};
