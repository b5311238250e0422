// Runs a script for Python and hands its last value back as JSON.
import { plain } from "./plain";

// Indirect eval: the script sees globals only, not this bundle's inside. It never runs in a page, only in V8.
const run = globalThis.eval;

Object.assign(globalThis, { runScript: (script: string) => JSON.stringify(run(script), plain) ?? "null" });
