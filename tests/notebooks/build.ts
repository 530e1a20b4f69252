/**
 * Executes the notebooks' scripts in Jupyter's Deno kernel, from top to bottom, and writes the
 * notebooks with their outputs beside them. With names (`02_training`): these alone.
 *
 * @module
 */
import { join } from "@std/path";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { notebookNames, notebooksFolder, notebookTools, say } from "./environment.ts";
import { executeNotebook, scriptToNotebook } from "./execute.ts";
import { normalize, notebookText } from "./normalize.ts";
import { mostBytes, problemsOf } from "./problems.ts";

const all = await notebookNames();
const unknown = Deno.args.find((name) => !all.includes(name));
if (unknown !== undefined) {
  say(`error: a notebook is one of ${all.join(", ")}. Received: ${unknown}`);
  Deno.exit(2);
}
if (Deno.env.get("VGG_NOTEBOOK_SHORT") !== undefined) {
  say("error: notebooks are kept with what the full setting gives; unset VGG_NOTEBOOK_SHORT");
  Deno.exit(2);
}
const jupyter = await notebookTools();
for (const name of Deno.args.length > 0 ? Deno.args : all) {
  const started = performance.now();
  const problems = await build(name);
  for (const problem of problems) say(`${name}: ${problem}`);
  if (problems.length > 0) Deno.exit(1);
  say(`${name}.ipynb, ${Math.round((performance.now() - started) / 1000)} s`);
}

/** Builds one notebook; gives what keeps it from being written. */
async function build(name: string): Promise<string[]> {
  const script = await scriptToNotebook(jupyter, join(notebooksFolder, `${name}.ts`));
  const executed = await executeNotebook(jupyter, script, { folder: notebooksFolder });
  if (!executed.success) return [executed.message];
  const notebook = await normalize(executed.notebook);
  const text = notebookText(notebook);
  const problems = problemsOf(notebook);
  if (text.length > mostBytes) problems.push(`${text.length} bytes, more than ${mostBytes}`);
  if (problems.length === 0) await replaceFile(join(notebooksFolder, `${name}.ipynb`), text);
  return problems;
}
