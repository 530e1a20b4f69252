import { dirname } from "@std/path";
import { type LockOptions, takeLock } from "./file_lock.ts";

/**
 * Makes a file or folder that is not there yet. Of processes that want the same one makes it, and the
 * others wait for it; a process that dies at it lets the next go on.
 *
 * @param isThere Says of the path whether it is there, whole.
 * @param make Makes it, so that it appears only once it is whole.
 */
export async function makeOnce(
  path: string,
  isThere: (path: string) => Promise<boolean>,
  make: () => Promise<void>,
  options: LockOptions = {},
): Promise<void> {
  if (await isThere(path)) return;
  await Deno.mkdir(dirname(path), { recursive: true });
  using _lock = await takeLock(`${path}.lock`, options);
  if (!await isThere(path)) await make();
}
