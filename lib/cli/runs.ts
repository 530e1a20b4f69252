import { join } from "@std/path";
import { RunError, runFiles } from "../runs/run.ts";

const root = "runs";

/**
 * Returns the folder of the newest run in `runs/`.
 *
 * @throws {RunError} If there is none.
 */
export async function latestRun(): Promise<string> {
  let newest: { directory: string; time: number } | undefined;
  try {
    for await (const { name, isDirectory } of Deno.readDir(root)) {
      if (!isDirectory) continue;
      const directory = join(root, name);
      const info = await Deno.stat(join(directory, runFiles.record)).catch(() => undefined);
      const time = info?.mtime?.getTime();
      if (time !== undefined && time > (newest?.time ?? 0)) newest = { directory, time };
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  if (newest) return newest.directory;
  throw new RunError(
    `there is no run in ${root}/ yet: create one with deno task train, or name one with --run DIR`,
  );
}
