// Entries are doubles; a node's dtype says which of them it can hold.

type Cast = (x: number) => number;

const wrapped = (bits: number, signed: boolean): Cast => {
  const n = 2 ** bits;
  return (x) => {
    const r = ((Math.trunc(x) % n) + n) % n;
    return signed && r >= n / 2 ? r - n : r;
  };
};

const whole: Cast = (x) => {
  const r = Math.trunc(x);
  // Beyond 2⁵³ a double no longer tells a whole number from its neighbours.
  if (!Number.isSafeInteger(r)) throw new Error(`integer out of range ${x}`);
  return r + 0;
};

const small =
  (cast: Cast): Cast =>
  (x) =>
    cast(whole(x));

const CASTS: Record<string, Cast | null> = {
  f8: null,
  f4: Math.fround,
  b1: (x) => (x !== 0 ? 1 : 0),
  i8: whole,
  u8: whole,
  i4: small(wrapped(32, true)),
  u4: small(wrapped(32, false)),
  i2: small(wrapped(16, true)),
  u2: small(wrapped(16, false)),
  i1: small(wrapped(8, true)),
  u1: small(wrapped(8, false)),
};

export const kindOf = (dtype: string): string => dtype.slice(1);

export const isFloat = (dtype: string): boolean => dtype[1] === "f";

// What rounds a double to a dtype; null where there is nothing to round.
export const castTo = (dtype: string): Cast | null => {
  const cast = CASTS[kindOf(dtype)];
  if (cast === undefined) throw new Error(`no numbers of dtype ${dtype}`);
  return cast;
};

export const rounded = (data: Float64Array, cast: Cast | null): Float64Array =>
  cast ? data.map(cast) : data;
