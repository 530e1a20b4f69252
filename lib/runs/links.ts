import { join, relative, sep } from "@std/path";
import { folderError, mapReadErrors, ReadError } from "../files/read.ts";
import { RunError } from "./json_files.ts";

/**
 * Checks that no link in a run's folder leads out of it: nothing outside is read or written as a part of
 * the run. The folder itself may be a link.
 *
 * @throws {RunError} With the link that leads out, or nowhere.
 */
export async function requireOwnFiles(directory: string): Promise<void> {
  const root = await mapReadErrors(directory, () => Deno.realPath(directory)).catch((error) => {
    if (error instanceof ReadError) throw error;
    return undefined;
  });
  if (root !== undefined) await requireIn(root, directory, directory);
}

async function requireIn(root: string, directory: string, folder: string): Promise<void> {
  for (const { name, isDirectory, isSymlink } of await entriesOf(folder)) {
    const path = join(folder, name);
    if (isDirectory) await requireIn(root, directory, path);
    if (!isSymlink) continue;
    const target = await Deno.realPath(path).catch(() => undefined);
    if (target?.startsWith(root + sep)) continue;
    throw new RunError(
      `a run's folder must hold its files itself. Received: ${directory}, where ` +
        `${relative(directory, path)} is a link that leads ${target ? `to ${target}` : "nowhere"}`,
    );
  }
}

/** The entries of a folder; a run that trains may have removed it. */
async function entriesOf(folder: string): Promise<Deno.DirEntry[]> {
  try {
    return await Array.fromAsync(Deno.readDir(folder));
  } catch (error) {
    const known = await folderError(error, folder);
    const isGone = known instanceof Deno.errors.NotFound ||
      known instanceof Deno.errors.NotADirectory;
    if (isGone) return [];
    throw new RunError(`${folder} cannot be read: ${(error as Error).message}`);
  }
}
