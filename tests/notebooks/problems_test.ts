import { join } from "@std/path";
import assert from "node:assert/strict";
import { projectFolder } from "../../lib/project_folder.ts";
import { normalize, notebookText } from "./normalize.ts";
import { type Notebook, notebookSchema, type Output } from "./notebook.ts";
import { problemsOf } from "./problems.ts";

/** A notebook of one cell with an output. */
function showing(...outputs: Output[]): Notebook {
  const cell = { cell_type: "code" as const, source: "x", execution_count: 1, outputs };
  return { cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

function shown(data: Record<string, string>): Notebook {
  return showing({ output_type: "display_data", data, metadata: { executed: "now" } });
}

Deno.test("problemsOf() names what an executed notebook must not hold", () => {
  const clean = [
    shown({ "text/plain": "runs/drawn10, 3/4 of 16 px, https://example.org/home/x" }),
    showing({ output_type: "stream", name: "stdout", text: "done" }),
  ];
  for (const notebook of clean) assert.deepEqual(problemsOf(notebook), []);
  const error: Output = { output_type: "error", ename: "E", evalue: "no", traceback: [] };
  const problems: [Notebook, RegExp][] = [
    [showing(error), /^error: E: no$/],
    [showing({ output_type: "stream", name: "stderr", text: "old" }), /^warning: old$/],
    [shown({ "text/plain": "\u001b[31mred" }), /^terminal's codes/],
    [shown({ "text/plain": "in /home/me/data" }), /^an absolute path: \/home\/me\/data$/],
    [shown({ "text/html": '<a href="file:///x">' }), /^an absolute path: file:\/\/\/x$/],
    [shown({ "text/plain": join(projectFolder, "runs") }), /^an absolute path: /],
  ];
  for (const [notebook, problem] of problems) {
    const [found, ...more] = problemsOf(notebook);
    assert.match(found ?? "none", problem);
    assert.deepEqual(more, []);
  }
});

Deno.test("normalize() gives twice the same file, of which nothing but the outputs depend on the run", async () => {
  const first = shown({ "text/plain": "two\nlines" });
  const again = { ...first, metadata: { kernelspec: { name: "other" } } };
  const text = notebookText(await normalize(first));
  assert.equal(notebookText(await normalize(again)), text);
  assert.doesNotMatch(text, /executed/);
  const parsed = JSON.parse(text);
  assert.deepEqual(parsed.cells[0].outputs[0].data["text/plain"], ["two\n", "lines"]);
  assert.equal(parsed.metadata.kernelspec.name, "deno");
  assert.equal(notebookSchema.parse(parsed).cells.length, 1);
});

Deno.test("normalize() gives equal cells ids of their own, which a cell before them does not change", async () => {
  const { cells: [cell], ...rest } = shown({});
  const { cells: two } = await normalize({ ...rest, cells: [cell!, cell!] });
  const other = { ...cell!, source: "y" };
  const { cells: three } = await normalize({ ...rest, cells: [other, cell!, cell!] });
  assert.deepEqual(three.slice(1).map(({ id }) => id), two.map(({ id }) => id));
  assert.equal(new Set(three.map(({ id }) => id)).size, 3);
});
