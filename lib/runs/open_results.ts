import { join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { resultFiles, Results } from "./results.ts";
import { openRun, type Run, runFiles } from "./run.ts";

/**
 * Opens what a folder holds: a run, or results that were written into a folder of their own, as an
 * ensemble's are.
 *
 * @throws {RunError} Where it holds neither.
 *
 * @example
 * ```ts ignore
 * const { top1, runs } = await (await openResults("runs/D-and-E")).evaluation();
 * ```
 */
export async function openResults(directory: string): Promise<Run | Results> {
  const holds = (file: string): Promise<boolean> => isFile(join(directory, file));
  const isRun = await holds(runFiles.record);
  if (!isRun && await holds(resultFiles.evaluation)) return new Results(directory);
  return await openRun(directory);
}
