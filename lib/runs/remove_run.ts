import { join } from "@std/path";
import { listDir } from "../files/read.ts";
import { mapWriteErrors } from "../files/write.ts";
import { Run, RunError, runFiles } from "./run.ts";

/**
 * Makes sure that a folder is a run's, which can be removed.
 *
 * @throws {RunError} For a link and for any other folder.
 */
export async function requireRemovable(directory: string): Promise<void> {
  const folder = await Deno.lstat(directory).catch(() => undefined);
  const record = await Deno.lstat(join(directory, runFiles.record)).catch(() => undefined);
  if (folder?.isSymlink) {
    throw new RunError(`only a run's own folder can be removed. Received: the link ${directory}`);
  }
  if (!folder?.isDirectory || !record?.isFile) {
    throw new RunError(
      `only a run's folder, which holds ${runFiles.record}, can be removed. Received: ${directory}`,
    );
  }
}

/**
 * Removes a run's folder with everything in it. What links in it lead to stays.
 *
 * @throws {BusyRunError} If another process trains the run; {RunError} for any other folder and for links.
 */
export async function removeRun(directory: string): Promise<void> {
  await requireRemovable(directory);
  const last: readonly string[] = [runFiles.record, runFiles.lock];
  {
    using _lock = await Run.lock(directory);
    await mapWriteErrors(directory, async () => {
      // The record last: what is left of a removal that is interrupted is still a run's folder.
      for (const name of await listDir(directory)) {
        if (!last.includes(name)) await Deno.remove(join(directory, name), { recursive: true });
      }
    });
  }
  await mapWriteErrors(directory, () => Deno.remove(directory, { recursive: true }));
}
