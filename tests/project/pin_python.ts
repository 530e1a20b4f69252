/**
 * Writes the `requirements.txt` beside each `requirements.in` again: all that its packages need, with the
 * hashes of the wheels for every system and Python. Needs the program `uv`.
 *
 * @module
 */
import { join } from "@std/path";
import { requireClone } from "../../lib/project_folder.ts";

const lab = "lib/jupyter/lab";
const peers = "tests/peers";

/** The folders, each with the oldest Python that all of its packages support. */
export const pinned: readonly (readonly [folder: string, python: string])[] = [
  [lab, "3.10"],
  ["tests/notebooks", "3.10"],
  [peers, "3.11"],
  ["tests/bench", "3.11"],
];

/** Folders that are installed into the environment of another, whose packages they must not change. */
export const installedBeside: ReadonlyMap<string, string> = new Map([
  ["tests/notebooks", lab],
  ["tests/bench", peers],
]);

async function pin(folder: string, python: string): Promise<void> {
  const target = join(folder, "requirements.txt");
  const first = installedBeside.get(folder);
  const constraints = first === undefined ? [] : await besideFlags(`${first}/requirements.txt`);
  // PyTorch's compiler for graphics cards ends the process where TensorFlow was loaded before.
  const without = folder === peers ? ["--no-emit-package", "triton"] : [];
  const { success } = await new Deno.Command("uv", {
    args: [
      ...["pip", "compile", "--quiet", "--upgrade", "--universal", "--python-version", python],
      ...["--generate-hashes", "--only-binary", ":all:"],
      ...["--no-annotate", "--no-emit-index-url", "--no-emit-find-links"],
      ...["--custom-compile-command", "deno task dev:pin-python", ...constraints, ...without],
      ...["--output-file", target, join(folder, "requirements.in")],
    ],
    cwd: requireClone("pins"),
    stdout: "null",
  }).output();
  if (!success) throw new Error(`uv could not pin ${folder}`);
}

async function besideFlags(path: string): Promise<string[]> {
  const text = await Deno.readTextFile(join(requireClone("pins"), path));
  const names = new Set([...text.matchAll(/^[\w.-]+(?===)/gm)].map(([name]) => name));
  return ["--constraint", path, ...[...names].flatMap((name) => ["--no-emit-package", name])];
}

if (import.meta.main) {
  for (const [folder, python] of pinned) await pin(folder, python);
}
