import { join } from "@std/path";
import assert from "node:assert/strict";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { startLab } from "../../lib/jupyter/lab/start_lab.ts";
import { projectFolder } from "../../lib/project_folder.ts";
import { type Expected, findChromium, look, openBrowser } from "./browser.ts";
import { notebookNames, notebooksFolder, notebookTools } from "./environment.ts";
import { notebookSchema, shownIn } from "./notebook.ts";

/** Kept for people to look at; git ignores it. */
const screenshots = join(projectFolder, "runs", "screenshots");

const chromium = await findChromium();
const note = chromium ? "" : " (skipped: there is no Chromium)";

Deno.test({
  name: `JupyterLab draws every figure of the notebooks, none cut off${note}`,
  ignore: !chromium,
  fn: async (context) => {
    const settings = await Deno.makeTempDir({ prefix: "vgg-lab-" });
    await drawAllCells(settings);
    const jupyter = await notebookTools();
    const names = await notebookNames();
    const ending = new AbortController();
    const own = { JUPYTERLAB_SETTINGS_DIR: settings, JUPYTERLAB_WORKSPACES_DIR: settings };
    const lab = await startLab(
      { ...jupyter, env: { ...jupyter.env, ...own } },
      {
        port: freePort(),
        notebook: `notebooks/${names[0]}.ipynb`,
        browser: false,
        signal: ending.signal,
      },
    );
    const browser = await openBrowser(chromium!);
    try {
      await Deno.mkdir(screenshots, { recursive: true });
      for (const name of names) {
        await context.step(name, async () => {
          const expected = await figuresIn(name);
          // Without the tabs of the one before.
          const url = `${lab.url.replace(names[0]!, name)}&reset`;
          const { plots, images, flaws } = await look(browser, {
            url,
            stem: join(screenshots, name),
            expected,
          });
          assert.deepEqual({ plots, images }, expected);
          assert.deepEqual(flaws, []);
        });
      }
    } finally {
      await browser.close();
      ending.abort();
      await lab.ended;
      await Deno.remove(settings, { recursive: true });
    }
  },
});

/** JupyterLab draws what is in sight alone, unless it is told otherwise. */
async function drawAllCells(settings: string): Promise<void> {
  const path = join(settings, "@jupyterlab/notebook-extension/tracker.jupyterlab-settings");
  await replaceFile(path, JSON.stringify({ windowingMode: "none" }));
}

async function figuresIn(name: string): Promise<Expected> {
  const text = await Deno.readTextFile(join(notebooksFolder, `${name}.ipynb`));
  const shown = shownIn(notebookSchema.parse(JSON.parse(text)));
  const plots = shown.filter(({ data }) => "application/vnd.plotly.v1+json" in data);
  const images = shown.filter(({ data }) => "image/png" in data);
  return { plots: plots.length, images: images.length - plots.length };
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  listener.close();
  return listener.addr.port;
}
