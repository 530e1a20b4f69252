import { join } from "@std/path";
import type { Jupyter } from "../../lib/jupyter/lab/environment.ts";
import { normalize, notebookText } from "./normalize.ts";
import { type Notebook, notebookSchema } from "./notebook.ts";

const scripts = import.meta.dirname ?? ".";

/** How a notebook's execution ended. */
export interface Executed {
  readonly success: boolean;
  /** What the client said: which cell failed, and how. */
  readonly message: string;
  /** With the outputs of all cells that were executed. */
  readonly notebook: Notebook;
}

/** Makes a notebook of a percent script, without outputs. */
export async function scriptToNotebook(jupyter: Jupyter, script: string): Promise<Notebook> {
  const format = ["--to", "ipynb", "--output", "-", script];
  const { success, out, err } = await run(jupyter, ["-m", "jupytext", "--quiet", ...format]);
  if (!success) throw new Error(`jupytext failed: ${err}`);
  return notebookSchema.parse(JSON.parse(out));
}

/**
 * Executes a notebook in the Deno kernel, until a cell fails.
 *
 * @param folder Where the kernel runs; a folder of the project, whose import map it takes.
 * @param env For the kernel.
 */
export async function executeNotebook(
  jupyter: Jupyter,
  notebook: Notebook,
  { folder, env = {} }: { folder: string; env?: Readonly<Record<string, string>> },
): Promise<Executed> {
  const work = await Deno.makeTempDir({ prefix: "vgg-notebook-" });
  try {
    const [source, target] = [join(work, "notebook.ipynb"), join(work, "executed.ipynb")];
    await Deno.writeTextFile(source, notebookText(await normalize(notebook)));
    const words = [join(scripts, "execute.py"), source, target, folder];
    const { success, err } = await run(jupyter, words, env);
    const executed = await Deno.readTextFile(target).catch(() => {
      throw new Error(`the client failed: ${err}`);
    });
    return {
      success,
      message: err.replaceAll(`${source}, `, "").trim(),
      notebook: notebookSchema.parse(JSON.parse(executed)),
    };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

/** Converts a notebook by nbconvert. */
export async function toHtml(jupyter: Jupyter, path: string): Promise<string> {
  const words = ["-m", "nbconvert", "--to", "html", "--stdout", path];
  const { success, out, err } = await run(jupyter, words);
  if (!success) throw new Error(`nbconvert failed: ${err}`);
  return out;
}

/**
 * Runs one of this folder's Python scripts and gives what it printed.
 *
 * @throws {Error} Where it fails.
 */
export async function runScript(
  jupyter: Jupyter,
  script: string,
  ...words: readonly string[]
): Promise<string> {
  const { success, out, err } = await run(jupyter, [join(scripts, script), ...words]);
  if (!success) throw new Error(`${script} failed: ${err}`);
  return out;
}

/**
 * Runs a Python module.
 *
 * @throws {Error} Where it fails.
 */
export async function runModule(jupyter: Jupyter, words: readonly string[]): Promise<void> {
  const { success, err } = await run(jupyter, ["-m", ...words]);
  if (!success) throw new Error(`${words[0]} failed: ${err}`);
}

async function run(
  { python, env }: Jupyter,
  args: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<{ success: boolean; out: string; err: string }> {
  const command = new Deno.Command(python, {
    args: [...args],
    env: { ...env, ...more, PYTHONDONTWRITEBYTECODE: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, out: out!, err: err! };
}
