import { join } from "@std/path";
import assert from "node:assert/strict";
import { notebookNames, notebooksFolder, notebookTools } from "./environment.ts";
import { scriptToNotebook, toHtml } from "./execute.ts";
import { type Notebook, notebookSchema, shownIn, sourcesOf } from "./notebook.ts";
import { mostBytes, problemsOf } from "./problems.ts";

const jupyter = await notebookTools();
const again = "after a change of a script: deno task dev:build-notebooks";

for (const name of await notebookNames()) {
  const path = join(notebooksFolder, `${name}.ipynb`);

  Deno.test(`${name}.ipynb has the cells of its script`, async () => {
    const script = await scriptToNotebook(jupyter, join(notebooksFolder, `${name}.ts`));
    assert.deepEqual(sourcesOf(await read(path)), sourcesOf(script), again);
  });

  Deno.test(`${name}.ipynb was executed from top to bottom, and can be committed`, async () => {
    const notebook = await read(path);
    const counts = notebook.cells.flatMap((cell) =>
      cell.cell_type === "code" ? [cell.execution_count] : []
    );
    assert.deepEqual(counts, counts.map((_, index) => index + 1));
    assert.deepEqual(problemsOf(notebook), []);
    assert.ok((await Deno.stat(path)).size < mostBytes);
    assert.ok(shownIn(notebook).some(({ data }) => "image/png" in data), "it shows a figure");
  });

  Deno.test(`${name}.ipynb has an image beside each of Plotly's figures, and nbconvert shows all`, async () => {
    const shown = shownIn(await read(path));
    for (const { data } of shown) {
      assert.ok(!("application/vnd.plotly.v1+json" in data) || "image/png" in data);
    }
    const html = await toHtml(jupyter, path);
    const images = shown.flatMap(({ data }) => data["image/png"] ?? []);
    for (const image of images) {
      assert.ok(html.includes(`data:image/png;base64,${image.trim()}`));
    }
  });
}

async function read(path: string): Promise<Notebook> {
  return notebookSchema.parse(JSON.parse(await Deno.readTextFile(path)));
}
