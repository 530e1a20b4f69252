import { join } from "@std/path";
import { isWithin } from "../../../files/is_within.ts";
import type { DataError } from "../../errors.ts";
import { type FolderContent, listFolder } from "./list_folder.ts";

/** A folder of a {@linkcode walk}. */
export interface WalkedFolder extends FolderContent {
  /** As a path inside the root, with `/` between its parts; `""` for the root itself. */
  readonly path: string;
  /** The names of links that lead back to a folder that they lie in. */
  readonly loops: readonly string[];
  /** Why the folder cannot be read; it is then empty. */
  readonly error?: DataError;
}

/**
 * Walks through a folder and the folders below it. Links to folders are followed, except to those that
 * they lie in.
 *
 * @param enters Whether to enter a folder, by its path; all folders by default.
 * @param start The folder where it begins, as a path inside `root`.
 * @throws {DataError} If the first folder is missing, is a file or cannot be read.
 */
export async function* walk(
  root: string,
  enters: (path: string) => boolean = () => true,
  start = "",
): AsyncGenerator<WalkedFolder> {
  const pending: { path: string; parents: readonly string[] }[] = [{ path: start, parents: [] }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { path, parents } = next;
    const folder = path === "" ? root : join(root, path);
    const content = await listFolder(folder).catch((error) => {
      if (path === start) throw error;
      return { folders: [], files: [], others: [], links: new Set<string>(), error };
    });
    const [below, loops]: [typeof pending, string[]] = [[], []];
    for (const name of content.folders) {
      const child = inside(path, name);
      if (!enters(child)) continue;
      const around = [...parents, folder];
      if (content.links.has(name) && await leadsBack(join(root, child), around)) loops.push(name);
      else below.push({ path: child, parents: around });
    }
    yield { ...content, path, loops };
    pending.push(...below.reverse());
  }
}

/** Joins a path inside a data set, or `""`, and a name. */
export function inside(path: string, name: string): string {
  return path === "" ? name : `${path}/${name}`;
}

/** The last part of a path inside a data set. */
export function baseOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether a name is hidden: it begins with a dot, or macOS's archives add it. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || name === "__MACOSX";
}

/** Whether a link leads to one of the folders that it lies in. */
async function leadsBack(link: string, around: readonly string[]): Promise<boolean> {
  const target = await realPathOf(link);
  for (const folder of around) if (isWithin(await realPathOf(folder), target)) return true;
  return false;
}

/** A folder's real path; its path, if it has just been removed. */
async function realPathOf(folder: string): Promise<string> {
  return await Deno.realPath(folder).catch(() => folder);
}
