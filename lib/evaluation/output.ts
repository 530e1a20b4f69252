import { join, resolve } from "@std/path";
import { timeStamp } from "../files/write.ts";
import { resultFiles, Results } from "../runs/results.ts";
import { namesInRun, type Run, RunError, runFiles } from "../runs/run.ts";

/**
 * Chooses the folder for the results of an evaluation and checks that it may be written.
 *
 * @param output A folder. Default: the run's own; for several runs, a new one.
 * @throws {RunError} If the folder holds a run, or anything but earlier results.
 */
export async function prepareOutput(
  [first, ...others]: readonly [Run, ...Run[]],
  output = others.length === 0 ? first.directory : ensembleDirectory(),
): Promise<Results> {
  if (others.length === 0 && resolve(output) === resolve(first.directory)) return first;
  const names = await namesInRun(output, "results go into a folder");
  const isResults = names.includes(resultFiles.evaluation) && !names.includes(runFiles.record);
  if (names.length === 0 || isResults) return new Results(output);
  throw new RunError(
    `results need a folder that is new, empty, or holds earlier ones of no run. ` +
      `Received: ${output}`,
  );
}

/** A folder for the results of an ensemble, named by the time: `runs/ensemble-20261124-231500`. */
export function ensembleDirectory(): string {
  return join("runs", `ensemble-${timeStamp()}`);
}
