// What Python calls in V8 to set a formula. It returns a pair instead of throwing, so that KaTeX's own message survives.
import katex from "katex";

type Answer = { html: string } | { error: string };

const set = (latex: string, displayMode: boolean, trust: (context: { command: string }) => boolean): Answer => {
  try {
    return {
      html: katex.renderToString(latex, {
        displayMode, trust, strict: false, throwOnError: true, output: "htmlAndMathml",
        maxExpand: 1000, maxSize: 50,
      }),
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

const dataOnly = ({ command }: { command: string }) => command === "\\htmlData";
const nothing = () => false;

Object.assign(globalThis, {
  setOurs: (latex: string, display: boolean) => set(latex, display, dataOnly),
  setAuthors: (latex: string, display: boolean) => set(latex, display, nothing),
});
