// What Python calls in V8 to set a formula. It returns a pair instead of throwing, so that KaTeX's own message survives.
import katex from "katex";

type Answer = { html: string } | { error: string };

// KaTeX repeats its input in the MathML, for copying; nobody wants to paste our marks.
const MARKS = /\\htmlData\{[^{}]*\}/g;

// KaTeX puts the space after a marked term inside the mark, and a wash would cover it: the space goes out.
const tighten = (html: string): string => {
  const done: string[] = [];
  const open: string[] = [];
  for (const token of html.match(/<[^>]*>|[^<]+/g) ?? []) {
    if (token.startsWith("<span")) open.push(token);
    const closes = token === "</span>" ? open.pop() : undefined;
    const spaced = done.at(-1) === "</span>" && done.at(-2)?.includes('class="mspace"');
    const space = closes?.includes('class="enclosing"') && spaced ? done.splice(-2) : [];
    done.push(token, ...space);
  }
  return done.join("");
};

const dataOnly = ({ command }: { command: string }) => command === "\\htmlData";
const nothing = () => false;

const set = (latex: string, displayMode: boolean, trust: (context: { command: string }) => boolean): Answer => {
  try {
    const html = katex.renderToString(latex, {
      displayMode, trust, strict: false, throwOnError: true, output: "htmlAndMathml",
      maxExpand: 1000, maxSize: 50, errorColor: "inherit",
    });
    return { html: trust === dataOnly ? tighten(html).replace(MARKS, "") : html };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

Object.assign(globalThis, {
  setOurs: (latex: string, display: boolean) => set(latex, display, dataOnly),
  setAuthors: (latex: string, display: boolean) => set(latex, display, nothing),
});
