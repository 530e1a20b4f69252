import { join } from "@std/path";
import { folderError, mapReadErrors, ReadError } from "../../../files/read.ts";
import { DataError } from "../../errors.ts";

/** What lies in a folder, sorted by code unit. A link counts as what it leads to. */
export interface FolderContent {
  readonly folders: readonly string[];
  readonly files: readonly string[];
  /** What is neither, such as links that lead nowhere, and pipes. */
  readonly others: readonly string[];
}

/**
 * Lists a folder, hidden names included.
 *
 * @throws {DataError} If it is missing, is a file or cannot be read.
 */
export async function listFolder(
  folder: string,
): Promise<FolderContent & { readonly links: ReadonlySet<string> }> {
  const [folders, files, others]: [string[], string[], string[]] = [[], [], []];
  const links = new Set<string>();
  try {
    for await (const entry of Deno.readDir(folder)) {
      const { name, isSymlink } = entry;
      if (isSymlink) links.add(name);
      const target = isSymlink ? await statOf(join(folder, name)) : entry;
      if (target?.isDirectory) folders.push(name);
      else if (target?.isFile) files.push(name);
      else others.push(name);
    }
  } catch (error) {
    throw dataErrorOf(await folderError(error, folder), folder);
  }
  return { folders: folders.sort(), files: files.sort(), others: others.sort(), links };
}

function dataErrorOf(error: unknown, folder: string): DataError {
  if (error instanceof Deno.errors.NotFound) return new DataError(`No folder at ${folder}`);
  if (error instanceof Deno.errors.NotADirectory) {
    return new DataError(`Expected a folder but found a file at ${folder}`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new DataError(`No permission to read the folder ${folder}`);
  }
  return new DataError(`The folder ${folder} cannot be read: ${(error as Error).message}`);
}

/**
 * The facts of a path, links followed; `undefined` if nothing is there.
 *
 * @throws {ReadError} If the machine cannot say.
 */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await mapReadErrors(path, () => Deno.stat(path));
  } catch (error) {
    if (error instanceof ReadError) throw error;
    return undefined;
  }
}
