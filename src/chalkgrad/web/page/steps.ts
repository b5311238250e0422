// Steps of a hand: round numbers, about a thousand over an axis.
export type Limits = { low: number; high: number; step: number };

export const stepFor = (low: number, high: number): number => 10 ** Math.floor(Math.log10((high - low) / 80) - 0.9);

// A value on the grid of a step, without the dust of binary fractions: 0.3, never 0.30000000000000004.
export const tidied = (value: number, step: number): number => {
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return Number((Math.round(value / step) * step).toFixed(decimals)) + 0;
};

// What a person typed: a true minus and a decimal comma are numbers too.
export const typed = (text: string): number | undefined => {
  const plain = text.trim().replace(/[−–]/g, "-").replace(/^(-?\d*),(\d+)$/, "$1.$2");
  const value = Number(plain);
  return plain === "" || !Number.isFinite(value) ? undefined : value;
};
