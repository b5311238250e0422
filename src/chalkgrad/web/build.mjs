// Makes the folder named on the command line: engine scripts for V8, the page's script and style, fonts, licences.
import { build } from "esbuild";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [out] = process.argv.slice(2);
if (!out) throw new Error("no output folder given");
const npm = "node_modules";
const common = { bundle: true, minify: true, charset: "utf8", format: "iife", target: "es2020", logLevel: "error" };

// ----- scripts: classic ones, because modules do not load from file:// and V8 alone has no loader -----

for (const [entry, file] of [["engine/katex.ts", "katex.js"], ["engine/evaluate.ts", "evaluate.js"], ["engine/compute.ts", "compute.js"], ["engine/graphviz.ts", "graphviz.js"], ["page/page.ts", "page.js"]])
  await build({ ...common, entryPoints: [entry], outfile: join(out, file) });

// ----- fonts: only the weights that the styles use, Latin, woff2 -----

const FACES = [
  // family              package              weight  style
  ["Source Serif 4",     "source-serif-4",    400,    "normal"],
  ["Source Serif 4",     "source-serif-4",    400,    "italic"],
  ["Source Serif 4",     "source-serif-4",    600,    "normal"],
  ["Source Sans 3",      "source-sans-3",     400,    "normal"],
  ["Source Sans 3",      "source-sans-3",     600,    "normal"],
  ["Source Code Pro",    "source-code-pro",   400,    "normal"],
  ["Source Code Pro",    "source-code-pro",   600,    "normal"],
];

mkdirSync(join(out, "fonts"), { recursive: true });
const faces = FACES.map(([family, folder, weight, style]) => {
  const file = `${folder}-latin-${weight}-${style}.woff2`;
  copyFileSync(join(npm, "@fontsource", folder, "files", file), join(out, "fonts", file));
  return `@font-face{font-family:"${family}";font-weight:${weight};font-style:${style};font-display:swap;src:url(fonts/${file}) format("woff2")}`;
});

// ----- styles -----

const katexFonts = join(npm, "katex", "dist", "fonts");
for (const file of readdirSync(katexFonts).filter((name) => name.endsWith(".woff2")))
  copyFileSync(join(katexFonts, file), join(out, "fonts", file));
const woff2Only = (css) => css.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "");
writeFileSync(join(out, "katex.css"), woff2Only(readFileSync(join(npm, "katex/dist/katex.min.css"), "utf8")));

const styles = await build({ ...common, format: undefined, entryPoints: ["style/style.css"], write: false });
writeFileSync(join(out, "style.css"), styles.outputFiles[0].text);
writeFileSync(join(out, "fonts.css"), faces.join("\n") + "\n");

// ----- licences of everything above -----

mkdirSync(join(out, "licenses"), { recursive: true });
const LICENCES = [
  ["katex/LICENSE",                         "KaTeX and its fonts.txt"],
  ["@hpcc-js/wasm-graphviz/LICENSE",        "Graphviz as WebAssembly (hpcc-js-wasm).txt"],
  ["@fontsource/source-serif-4/LICENSE",    "Source Serif 4.txt"],
  ["@fontsource/source-sans-3/LICENSE",     "Source Sans 3.txt"],
  ["@fontsource/source-code-pro/LICENSE",   "Source Code Pro.txt"],
];
for (const [from, to] of LICENCES) copyFileSync(join(npm, from), join(out, "licenses", to));
for (const name of readdirSync("licenses")) copyFileSync(join("licenses", name), join(out, "licenses", name));
