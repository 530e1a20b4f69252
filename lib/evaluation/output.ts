import { join, resolve } from "@std/path";
import { timeStamp } from "../files/write.ts";
import { resultFiles, Results } from "../runs/results.ts";
import { namesInRun, type Run, RunError, runFiles } from "../runs/run.ts";

/**
 * Decides where the results of evaluating runs go, and makes sure that they can.
 *
 * @param output A folder; by default the run's own, or a new one for several.
 * @throws {RunError} For a folder with anything else in it.
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

/** `runs/ensemble-20261124-231500`, by the time. */
export function ensembleDirectory(): string {
  return join("runs", `ensemble-${timeStamp()}`);
}
