import { join } from "@std/path";
import assert from "node:assert/strict";
import { JSDOM } from "jsdom";
import { installUserKernel, uninstallUserKernel } from "../../lib/jupyter/lab/user_kernel.ts";
import { metadataType } from "../../lib/display/bundle.ts";
import { redImage } from "../figures/support.ts";
import { inFolder } from "../in_folder.ts";
import { countingNotebook, textsOf } from "./counting_notebook.ts";
import { notebookTools } from "./environment.ts";
import { runModule } from "./execute.ts";
import { notebookText } from "./normalize.ts";
import { notebookSchema } from "./notebook.ts";

const { notebook, texts } = await countingNotebook(30);

/** How each client is called: it reads the first file and writes the second. */
const clients = {
  "nbconvert --execute": (from: string, to: string) => [
    ...["nbconvert", "--execute", "--to", "notebook", from, "--output", to],
  ],
  papermill: (from: string, to: string) => ["papermill", "--no-progress-bar", from, to],
};

for (const [name, call] of Object.entries(clients)) {
  Deno.test(`${name} keeps every output`, () =>
    inFolder(async (folder) => {
      const [from, to] = [join(folder, "from.ipynb"), join(folder, "to.ipynb")];
      await Deno.writeTextFile(from, notebookText(notebook));
      await runModule(await notebookTools(), call(from, to));
      const executed = notebookSchema.parse(JSON.parse(await Deno.readTextFile(to)));
      assert.deepEqual(textsOf(executed), texts);
    }));
}

Deno.test("nbconvert's page has the alternative text and the size that the value of a cell gives", () =>
  inFolder(async (folder) => {
    const [from, to] = [join(folder, "from.ipynb"), join(folder, "to.html")];
    const image = redImage.split(",")[1]!;
    const shown = {
      "text/plain": "an image",
      "image/png": image,
      [metadataType]: { "image/png": { width: 40, height: 30, alt: 'Apples & "pears"' } },
    };
    const source = `({ [Symbol.for("Jupyter.display")]: () => (${JSON.stringify(shown)}) })`;
    const { notebook } = await countingNotebook(1);
    const cells = notebook.cells.map((cell) => ({ ...cell, source }));
    await Deno.writeTextFile(from, notebookText({ ...notebook, cells }));
    const words = ["nbconvert", "--execute", "--to", "html", from, "--output", to];
    await runModule(await notebookTools(), words);
    const { document } = new JSDOM(await Deno.readTextFile(to)).window;
    const shownImage = document.querySelector(".jp-RenderedImage img")!;
    assert.equal(shownImage.getAttribute("src"), redImage);
    assert.equal(shownImage.getAttribute("alt"), 'Apples & "pears"');
    assert.equal(shownImage.getAttribute("width"), "40");
    assert.equal(document.querySelectorAll(".jp-OutputArea-output").length, 1);
  }));

Deno.test("the kernel is added to the user's Jupyter and removed; another one named deno stays", () =>
  inFolder(async (folder) => {
    const { python } = await notebookTools();
    const before = Deno.env.get("JUPYTER_DATA_DIR");
    Deno.env.set("JUPYTER_DATA_DIR", folder);
    try {
      const { folder: added, name } = await installUserKernel(python);
      assert.deepEqual([name, added], ["deno", join(folder, "kernels", "deno")]);
      const spec = JSON.parse(await Deno.readTextFile(join(added, "kernel.json")));
      assert.deepEqual(spec.argv.slice(2), ["{connection_file}", Deno.execPath()]);
      for (const file of spec.argv.slice(0, 2)) assert.ok((await Deno.stat(file)).isFile);
      assert.deepEqual(await uninstallUserKernel(), [added]);
      assert.deepEqual(await uninstallUserKernel(), []);

      await Deno.mkdir(added, { recursive: true });
      const other = '{"argv":["deno","jupyter"]}';
      await Deno.writeTextFile(join(added, "kernel.json"), other);
      assert.equal((await installUserKernel(python)).name, "deno-vgg");
      await uninstallUserKernel();
      assert.equal(await Deno.readTextFile(join(added, "kernel.json")), other);
    } finally {
      if (before === undefined) Deno.env.delete("JUPYTER_DATA_DIR");
      else Deno.env.set("JUPYTER_DATA_DIR", before);
    }
  }));
