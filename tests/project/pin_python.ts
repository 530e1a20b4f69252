/**
 * Writes the `requirements.txt` beside each `requirements.in` again: all that its packages need, with the
 * hashes of the wheels for every system and Python. Needs the program `uv`.
 *
 * @module
 */
import { join } from "@std/path";
import { projectFolder } from "../../lib/project_folder.ts";

const lab = "lib/jupyter/lab";

/** The folders, each with the oldest Python that all of its packages support. */
export const pinned: readonly (readonly [folder: string, python: string])[] = [
  [lab, "3.10"],
  ["tests/notebooks", "3.10"],
  ["tests/peers", "3.11"],
];

async function pin(folder: string, python: string): Promise<void> {
  const target = join(folder, "requirements.txt");
  // What is installed beside JupyterLab must not change its packages.
  const beside = folder === "tests/notebooks" ? await besideFlags(`${lab}/requirements.txt`) : [];
  // PyTorch's compiler for graphics cards ends the process where TensorFlow was loaded before.
  const without = folder === "tests/peers" ? ["--no-emit-package", "triton"] : [];
  const { success } = await new Deno.Command("uv", {
    args: [
      ...["pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", python],
      ...["--generate-hashes", "--only-binary", ":all:"],
      ...["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"],
      ...["--custom-compile-command", "deno task dev:pin-python", ...beside, ...without],
      ...["--output-file", target, join(folder, "requirements.in")],
    ],
    cwd: projectFolder,
    stdout: "null",
  }).output();
  if (!success) throw new Error(`uv could not pin ${folder}`);
}

async function besideFlags(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(projectFolder, path));
  const names = new Set([...text.matchAll(/^[\w.-]+(?===)/gm)].map(([name]) => name));
  return ["--constraint", path, ...[...names].flatMap((name) => ["--no-emit-package", name])];
}

if (import.meta.main) {
  for (const [folder, python] of pinned) await pin(folder, python);
}
