import { join } from "@std/path";
import assert from "node:assert/strict";
import { projectFolder } from "../../lib/project_folder.ts";
import { type Expected, findChromium, look } from "./browser.ts";
import { notebookNames, notebooksFolder } from "./environment.ts";
import { notebookSchema, shownIn } from "./notebook.ts";
import { withLab } from "./test_lab.ts";

/** Kept for people to look at; git ignores it. */
const screenshots = join(projectFolder, "runs", "screenshots");

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

Deno.test({
  name: `JupyterLab draws every figure of the notebooks, none cut off, in both themes${note}`,
  ignore: !chromium,
  fn: (context) =>
    withLab(chromium!, async ({ browser, url }) => {
      await Deno.mkdir(screenshots, { recursive: true });
      for (const theme of ["light", "dark"] as const) {
        for (const name of await notebookNames()) {
          await context.step(`${name}, ${theme}`, async () => {
            const expected = await figuresIn(name);
            const { plots, images, flaws } = await look(browser, {
              url: url(`notebooks/${name}.ipynb`),
              theme,
              stem: join(screenshots, `${name}-${theme}`),
              expected,
            });
            assert.deepEqual({ plots, images }, expected);
            assert.deepEqual(flaws, []);
          });
        }
      }
    }),
});

async function figuresIn(name: string): Promise<Expected> {
  const text = await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`));
  const shown = shownIn(notebookSchema.parse(JSON.parse(text)));
  const plots = shown.filter(({ data }) => "application/vnd.plotly.v1+json" in data);
  const images = shown.filter(({ data }) => "image/png" in data);
  return { plots: plots.length, images: images.length - plots.length };
}
