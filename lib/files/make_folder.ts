import { dirname, resolve } from "@std/path";
import { requireNames } from "./write.ts";

/**
 * Makes a folder, and those above it that are missing. Each new name is flushed to the disk: otherwise a
 * loss of power could take the folder, with all that was flushed in it.
 *
 * @throws {WriteError} On Windows, if it has another meaning for one of the names.
 */
export async function makeFolder(path: string): Promise<void> {
  requireNames(path);
  const missing: string[] = [];
  for (let folder = resolve(path); !await isThere(folder); folder = dirname(folder)) {
    missing.push(folder);
  }
  // Deno refuses even an existing folder if there is something in it that may not be written.
  if (missing.length > 0) await Deno.mkdir(path, { recursive: true });
  for (const folder of missing.reverse()) {
    await flushFolder(dirname(folder)).catch((error) => {
      // A folder of others may take new names from this user, who may not list it.
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    });
  }
}

/**
 * Flushes the names in a folder to the disk. Only this makes new, renamed and removed files survive a loss
 * of power; Windows needs it not, and opens no folders.
 */
export async function flushFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.syncData();
}

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
