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
    await eventLoopTurn();
    // Without promises a file takes a quarter of the time.
    for (const entry of Deno.readDirSync(folder)) {
      const { name, isSymlink } = entry;
      if (isSymlink) links.add(name);
      const target = isSymlink ? await targetOf(join(folder, name)) : entry;
      if (target?.isDirectory) folders.push(name);
      else if (target?.isFile) files.push(name);
      else others.push(name);
    }
  } catch (error) {
    throw dataErrorOf(await folderError(error, folder), folder);
  }
  return { folders: folders.sort(), files: files.sort(), others: others.sort(), links };
}

/** What a link leads to; `undefined` if nothing is there. */
async function targetOf(link: string): Promise<Deno.FileInfo | undefined> {
  await eventLoopTurn();
  try {
    return Deno.statSync(link);
  } catch {
    return await statOf(link);
  }
}

/** Milliseconds in which other work waits, such as an interruption by the user. */
const longestBlock = 20;

let lastTurn = 0;

/** Lets the event loop turn if it has not for some time. */
async function eventLoopTurn(): Promise<void> {
  if (performance.now() - lastTurn < longestBlock) return;
  await new Promise((resolve) => setTimeout(resolve, 0));
  lastTurn = performance.now();
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
