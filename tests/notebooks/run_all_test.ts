import { join } from "@std/path";
import assert from "node:assert/strict";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { requireClone } from "../../lib/project_folder.ts";
import { inFolder } from "../in_folder.ts";
import { findChromium } from "./browser.ts";
import { countingNotebook, textsOf } from "./counting_notebook.ts";
import { notebookNames, notebooksFolder, notebookTools, say } from "./environment.ts";
import { executeNotebook } from "./execute.ts";
import { normalize, notebookText } from "./normalize.ts";
import { type Notebook, notebookSchema, type Output, outputsOf } from "./notebook.ts";
import { runAll } from "./run_all.ts";
import { withLab } from "./test_lab.ts";

const projectFolder = requireClone("tests");

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

/**
 * How often the counting notebook is run, which takes seconds, and each of the project's, which takes
 * minutes and is done only on request: `VGG_RUN_ALL_ROUNDS=10 deno test -A tests/notebooks/run_all_test.ts`,
 * with `VGG_RUN_ALL_NOTEBOOKS=05_misclassified,06_beyond_vggnet` for some alone.
 */
const countingRounds = 10;
const rounds = Number(Deno.env.get("VGG_RUN_ALL_ROUNDS") ?? 0);
const chosen = Deno.env.get("VGG_RUN_ALL_NOTEBOOKS")?.split(",");
const requested = rounds > 0 ? "" : " (skipped: VGG_RUN_ALL_ROUNDS=10 runs it)";

/** Milliseconds that a notebook may take on a busy machine. */
const patience = 900_000;

Deno.test({
  name: `Run All in JupyterLab, ten times, puts every output under its cell${note}`,
  ignore: !chromium,
  fn: () =>
    withNotebooks(async (run) => {
      const { notebook, texts } = await countingNotebook(40);
      for (let round = 1; round <= countingRounds; round++) {
        assert.deepEqual(textsOf(await run("counting", notebook)), texts, `round ${round}`);
      }
    }),
});

Deno.test({
  name: `Run All in JupyterLab ends at a syntax error, and shows it${note}`,
  ignore: !chromium,
  fn: () =>
    withNotebooks(async (run) => {
      const { notebook } = await countingNotebook(3);
      const cells = notebook.cells.map((cell, index) =>
        index === 1 ? { ...cell, source: "let broken = ;" } : cell
      );
      const { cells: [first, broken, last] } = await run("broken", { ...notebook, cells });
      assert.equal(outputsOf({ cells: [first!] }).length, 3);
      const [error] = outputsOf({ cells: [broken!] });
      assert.equal(error?.output_type === "error" && error.ename, "SyntaxError");
      assert.match(JSON.stringify(error), /1 \| let broken = ;/);
      assert.deepEqual(outputsOf({ cells: [last!] }), []);
    }),
});

Deno.test({
  name: `Run All of every notebook puts the outputs where a cell at a time puts them${
    note || requested
  }`,
  ignore: !chromium || rounds === 0,
  fn: (context) =>
    inFolder((short) =>
      withNotebooks(async (run) => {
        const jupyter = await notebookTools();
        for (const name of chosen ?? await notebookNames()) {
          await context.step(name, async () => {
            const notebook = await withoutOutputs(name);
            await removeRuns(short);
            const { success, message, notebook: executed } = await executeNotebook(
              jupyter,
              notebook,
              { folder: notebooksFolder, env: { VGG_NOTEBOOK_SHORT: short } },
            );
            assert.ok(success, message);
            for (let round = 1; round <= rounds; round++) {
              const started = Date.now();
              await removeRuns(short);
              assert.deepEqual(
                placesOf(await run(name, notebook)),
                placesOf(executed),
                `round ${round}`,
              );
              say(`${name}, round ${round}: ${Math.round((Date.now() - started) / 1000)} s`);
            }
          });
        }
      }, { VGG_NOTEBOOK_SHORT: short })
    ),
});

/** Runs all cells of a notebook in JupyterLab, and gives what was saved. */
type Run = (name: string, notebook: Notebook) => Promise<Notebook>;

/** Calls `use` with a JupyterLab that has a folder for notebooks in the project folder. */
function withNotebooks(
  use: (run: Run) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  return withLab(chromium!, async ({ browser, url }) => {
    await Deno.mkdir(join(projectFolder, "runs"), { recursive: true });
    const folder = await Deno.makeTempDir({ dir: join(projectFolder, "runs"), prefix: "lab-" });
    try {
      await use(async (name, notebook) => {
        const path = join(folder, `${name}.ipynb`);
        await replaceFile(path, notebookText(await normalize(notebook)));
        await runAll(browser, url(path.slice(projectFolder.length + 1)), patience);
        return notebookSchema.parse(JSON.parse(await Deno.readTextFile(path)));
      });
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }, env);
}

/** Lets a notebook train anew, so that it shows the same. */
async function removeRuns(folder: string): Promise<void> {
  await Deno.remove(join(folder, "runs"), { recursive: true }).catch(() => undefined);
}

async function withoutOutputs(name: string): Promise<Notebook> {
  const text = await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`));
  const notebook = notebookSchema.parse(JSON.parse(text));
  return {
    ...notebook,
    cells: notebook.cells.map((cell) =>
      cell.cell_type === "code" ? { ...cell, execution_count: null, outputs: [] } : cell
    ),
  };
}

/** Numbers, and the padding of tables: speeds, seconds and the times in runs' names differ from run to run. */
const measured = /[-−]?\d[\d.,]*(?: (?:ms|µs|s|min|h)\b)?|\s+/g;

/** What each cell shows: the kinds and texts of its outputs, in their order. */
function placesOf({ cells }: Notebook): string[][] {
  return cells.map((cell) => outputsOf({ cells: [cell] }).map(describe));
}

function describe(output: Output): string {
  if (output.output_type === "error") return `error ${output.ename}: ${output.evalue}`;
  const text = output.output_type === "stream" ? output.text : output.data["text/plain"] ?? "";
  const types = output.output_type === "stream" ? [] : Object.keys(output.data).sort();
  return [output.output_type, ...types, text.replaceAll(measured, "#")].join(" ");
}
