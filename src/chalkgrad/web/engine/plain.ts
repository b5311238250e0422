// For JSON.stringify: what JSON cannot say goes as a marked string.
const MARK = "\u0000";

export const plain = (_key: string, value: unknown): unknown => {
  if (value === undefined) return null;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return MARK + (Object.is(value, -0) ? "-0" : String(value));
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return value;
};
