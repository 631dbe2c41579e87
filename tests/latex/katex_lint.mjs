// Checks LaTeX formulas with KaTeX in its strictest mode, and that they are plain ASCII: KaTeX takes a
// literal Greek letter, LaTeX without further packages does not.
//
//   node tests/latex/katex_lint.mjs < formulas.json
//
// Standard input: a JSON list of strings, each a formula without its $ or \[ \].
// Standard output: a JSON list with one {"index", "latex", "error"} for each formula that KaTeX rejects.
// Exit code: 0 all accepted, 1 some rejected, 2 the check could not run.
//
// KaTeX is taken from the folder in the environment variable SYMICL_KATEX (…/node_modules/katex) where it
// is set, else from where node finds it.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

function fail(sentence) {
  process.stderr.write(`katex_lint: ${sentence}\n`);
  process.exit(2);
}

function loadKatex() {
  const folder = process.env.SYMICL_KATEX;
  try {
    return createRequire(import.meta.url)(folder ? resolve(folder) : "katex");
  } catch (error) {
    return fail(
      `KaTeX cannot be loaded (${error.message.split("\n")[0]}). ` +
        "Run `npm install katex` in some folder and set SYMICL_KATEX to its node_modules/katex.",
    );
  }
}

function readFormulas() {
  let formulas;
  try {
    formulas = JSON.parse(readFileSync(0, "utf8"));
  } catch (error) {
    fail(`standard input is not JSON (${error.message}).`);
  }
  if (!Array.isArray(formulas) || formulas.some((formula) => typeof formula !== "string")) {
    fail("standard input must be a JSON list of strings.");
  }
  return formulas;
}

const katex = loadKatex();
const rejected = [];
readFormulas().forEach((latex, index) => {
  try {
    const strange = latex.match(/[^\x20-\x7e\s]/u);
    if (strange) {
      throw new Error(`not ASCII: ${strange[0]} at position ${strange.index + 1}`);
    }
    katex.renderToString(latex, { displayMode: true, strict: "error", throwOnError: true });
  } catch (error) {
    rejected.push({ index, latex, error: error.message });
  }
});
process.stdout.write(JSON.stringify(rejected, null, 2) + "\n");
process.exitCode = rejected.length ? 1 : 0;
