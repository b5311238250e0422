// Runs a script for Python and hands its last value back as JSON. What JSON cannot say goes as a marked string.
const MARK = "\u0000";

const replace = (_key: string, value: unknown): unknown => {
  if (value === undefined) return null;
  if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0)))
    return MARK + (Object.is(value, -0) ? "-0" : String(value));
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  return value;
};

// Indirect eval: the script sees globals only, not this bundle's inside. It never runs in a page, only in V8.
const run = globalThis.eval;

Object.assign(globalThis, { runScript: (script: string) => JSON.stringify(run(script), replace) ?? "null" });
