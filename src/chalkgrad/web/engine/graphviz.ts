// What Python calls in V8 to lay a graph out. Loading is asynchronous, because WebAssembly is; laying out is not.
import { Graphviz } from "@hpcc-js/wasm-graphviz";

let graphviz: Graphviz | undefined;

Object.assign(globalThis, {
  loadGraphviz: async () => {
    graphviz = await Graphviz.load();
    return graphviz.version();
  },
  layOut: (dot: string): { json: string } | { error: string } => {
    if (!graphviz) return { error: "Graphviz is not loaded" };
    try {
      return { json: graphviz.layout(dot, "json", "dot") };
    } catch (error) {
      return { error: error instanceof Error ? error.message : String(error) };
    }
  },
});
