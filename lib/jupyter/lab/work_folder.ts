import { join } from "@std/path";
import { hash } from "node:crypto";
import { replaceFile } from "../../files/replace_file.ts";
import { toJson } from "../../files/write.ts";
import { requireClone } from "../../project_folder.ts";

/** The folder of the user's copies, in the project folder. Git ignores it. */
export const workFolder = "work";

/** Records the digests of the project's notebooks when they were copied. */
const copiedFile = ".copied.json";

/**
 * Copies the project's notebooks to the user's work folder, so that running them changes no file of the
 * project. A copy that is there stays as the user left it.
 *
 * @returns The names of the notebooks of which the project has a newer version than the copy.
 */
export async function copyNotebooks(
  project: string = requireClone("the notebooks"),
): Promise<readonly string[]> {
  const [from, to] = [join(project, "notebooks"), join(project, workFolder)];
  await Deno.mkdir(to, { recursive: true });
  const copied = await readCopied(join(to, copiedFile));
  const newer: string[] = [];
  for await (const { name } of Deno.readDir(from)) {
    if (!name.endsWith(".ipynb")) continue;
    const bytes = await Deno.readFile(join(from, name));
    const digest = hash("sha256", bytes);
    if (await isThere(join(to, name))) {
      if (copied[name] !== digest) newer.push(name);
      continue;
    }
    await replaceFile(join(to, name), bytes);
    copied[name] = digest;
  }
  await replaceFile(join(to, copiedFile), toJson(copied));
  return newer.sort();
}

async function readCopied(path: string): Promise<Record<string, string>> {
  try {
    return JSON.parse(await Deno.readTextFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return {};
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
