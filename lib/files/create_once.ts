import { dirname } from "@std/path";
import { type LockOptions, takeLock } from "./file_lock.ts";

/**
 * Creates a file or folder unless it exists. If several processes want it, one creates it and the others
 * wait; if that one dies, the next takes over.
 *
 * @param exists Says whether the complete file or folder is at a path.
 * @param create Creates it, so that it appears only once it is complete.
 */
export async function createOnce(
  path: string,
  exists: (path: string) => Promise<boolean>,
  create: () => Promise<void>,
  options: LockOptions = {},
): Promise<void> {
  if (await exists(path)) return;
  await Deno.mkdir(dirname(path), { recursive: true });
  using _lock = await takeLock(`${path}.lock`, options);
  if (!await exists(path)) await create();
}
