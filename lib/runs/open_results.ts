import { join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { resultFiles, Results } from "./results.ts";
import { openRun, type Run, runFiles } from "./run.ts";

/**
 * Opens a run's folder, or a folder that holds only results, such as those of an ensemble.
 *
 * @throws {RunError} If the folder holds neither.
 *
 * @example
 * ```ts ignore
 * const { top1, runs } = await (await openResults("runs/D-and-E")).evaluation();
 * ```
 */
export async function openResults(directory: string): Promise<Run | Results> {
  const hasFile = (file: string): Promise<boolean> => isFile(join(directory, file));
  const isRun = await hasFile(runFiles.record);
  if (!isRun && await hasFile(resultFiles.evaluation)) return new Results(directory);
  return await openRun(directory);
}
