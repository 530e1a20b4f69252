import { setTimeout } from "node:timers/promises";

/** What Windows says of a file that another program has open. */
const openElsewhere = ["EACCES", "EBUSY", "EPERM"];

/** Milliseconds before each further attempt: 4 s in all. */
const pauses = [10, 30, 100, 300, 600, 1000, 2000];

/** How {@linkcode rename} works. */
interface RenameOptions {
  readonly os?: string;
  /** What renames. */
  readonly once?: (from: string, to: string) => Promise<void>;
}

/**
 * Renames a file or folder; a file takes the place of another one. Windows refuses that while a program has
 * one of the two open, as virus scanners and indexers do for a moment with all that is new: there it is
 * tried again.
 */
export async function rename(
  from: string,
  to: string,
  { os = Deno.build.os, once = Deno.rename }: RenameOptions = {},
): Promise<void> {
  for (const pause of os === "windows" ? pauses : []) {
    try {
      return await once(from, to);
    } catch (error) {
      if (!openElsewhere.includes((error as { code?: string }).code ?? "")) throw error;
    }
    await setTimeout(pause);
  }
  await once(from, to);
}
