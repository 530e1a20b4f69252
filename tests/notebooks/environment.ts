import { join } from "@std/path";
import { type Jupyter, readyJupyter } from "../../lib/jupyter/lab/environment.ts";
import { projectFolder } from "../../lib/project_folder.ts";

/**
 * The folder whose requirements make notebooks of scripts, and try the kernel as a client. JupyterLab
 * brings what executes and converts notebooks.
 */
const extra = [import.meta.dirname!];

/** The folder of the notebooks, and of the scripts beside them. */
export const notebooksFolder = join(projectFolder, "notebooks");

/** The stems of all notebooks, in their order. */
export async function notebookNames(): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(notebooksFolder), ({ name }) => name);
  return files.filter((name) => /^\d\d_\w+\.ts$/.test(name)).map((name) => name.slice(0, -3))
    .sort();
}

/** JupyterLab, its kernel and jupytext, in the project's virtual environment. */
export function notebookTools(): Promise<Jupyter> {
  return readyJupyter({
    extra,
    onInstall: (pins, folder) => say(`Installing ${pins.join(", ")} into ${folder}`),
  });
}

/** Prints a line that is not a result. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
