import { join } from "@std/path";
import { isFile, isFolder } from "./folders.ts";
import type { Recognition } from "./layout.ts";

/** What a layout looks for in a folder. */
export interface Parts {
  /** The files and folders (with `/` at their end) that the layout needs. */
  readonly needed: readonly string[];
  /** Those of them that no other layout has: one of these must be there. By default all needed ones. */
  readonly telling?: readonly string[];
}

/**
 * Looks for a layout's parts in a folder or below it, and returns the first place where a telling one is.
 *
 * @param folders The places, as paths inside `folder`; `""` is the folder itself.
 */
export async function findPlace(
  folder: string,
  folders: readonly string[],
  { needed, telling = needed }: Parts,
): Promise<Recognition | undefined> {
  for (const inside of folders) {
    const root = join(folder, inside);
    const found: string[] = [];
    for (const part of needed) if (await isThere(root, part)) found.push(part);
    if (!found.some((part) => telling.includes(part))) continue;
    return { root, found, missing: needed.filter((part) => !found.includes(part)) };
  }
  return undefined;
}

function isThere(root: string, part: string): Promise<boolean> {
  return part.endsWith("/") ? isFolder(join(root, part)) : isFile(join(root, part));
}
