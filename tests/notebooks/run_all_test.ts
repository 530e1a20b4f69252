import { join } from "@std/path";
import assert from "node:assert/strict";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { projectFolder } from "../../lib/project_folder.ts";
import { findChromium } from "./browser.ts";
import { countingNotebook, textsOf } from "./counting_notebook.ts";
import { notebookText } from "./normalize.ts";
import { notebookSchema } from "./notebook.ts";
import { runAll } from "./run_all.ts";
import { withLab } from "./test_lab.ts";

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

const cells = 40;
const rounds = 10;

Deno.test({
  name: `Run All in JupyterLab, ten times, puts every output under its cell${note}`,
  ignore: !chromium,
  fn: () =>
    withLab(chromium!, async ({ browser, url }) => {
      const { notebook, texts } = await countingNotebook(cells);
      const folder = await Deno.makeTempDir({ dir: join(projectFolder, "runs"), prefix: "lab-" });
      try {
        const path = join(folder, "counting.ipynb");
        for (let round = 0; round < rounds; round++) {
          await replaceFile(path, notebookText(notebook));
          await runAll(browser, url(path.slice(projectFolder.length + 1)), 120_000);
          const saved = notebookSchema.parse(JSON.parse(await Deno.readTextFile(path)));
          assert.deepEqual(textsOf(saved), texts, `round ${round + 1}`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    }),
});
