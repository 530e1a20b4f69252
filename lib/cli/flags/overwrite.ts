import type { Command } from "commander";
import { UsageError } from "../errors.ts";

/** The flag `--force`. */
export interface OverwriteFlags {
  force?: boolean;
}

/** Adds the flag `--force`. */
export function addOverwriteOption(command: Command): Command {
  return command.option("--force", "overwrite what --output names");
}

/**
 * Makes sure that nothing of the user's is overwritten without a word. An empty folder counts as nothing.
 *
 * @throws {UsageError} If there is a file, a folder with files or a link, and `--force` is not given.
 */
export async function requireAbsent(
  paths: readonly string[],
  { force }: OverwriteFlags,
): Promise<void> {
  if (force) return;
  for (const path of paths) {
    if (!await isThere(path)) continue;
    throw new UsageError(`nothing is overwritten without --force. Received: ${path}, which exists`);
  }
}

async function isThere(path: string): Promise<boolean> {
  const found = await Deno.lstat(path).catch(() => undefined);
  if (!found?.isDirectory) return found !== undefined;
  for await (const _ of Deno.readDir(path)) return true;
  return false;
}
