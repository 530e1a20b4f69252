import { join, resolve } from "@std/path";
import { timeStamp } from "../files/write.ts";
import { requireOwnFiles } from "../runs/links.ts";
import { resultFiles, Results, resultsLock } from "../runs/results.ts";
import { namesInRun, type Run, RunError, runFiles } from "../runs/run.ts";
import type { EvaluationSet } from "./evaluation_set.ts";

type ChosenSet = Pick<EvaluationSet, "name" | "source" | "split" | "isDefault">;

/**
 * Chooses the folder for the results of an evaluation and checks that it may be written.
 *
 * @param output A folder. Default: the run's own, for the images that it is evaluated on by default; for
 *   others a folder in its `evaluations/`; for several runs, a new one.
 * @throws {RunError} If the folder holds a run, or anything but earlier results.
 */
export async function prepareOutput(
  [first, ...others]: readonly [Run, ...Run[]],
  set: ChosenSet,
  output?: string,
): Promise<Results> {
  if (others.length > 0) return await prepareFolder(output ?? ensembleDirectory());
  if (output !== undefined && resolve(output) !== resolve(first.directory)) {
    return await prepareFolder(output);
  }
  if (set.isDefault) return first;
  return await prepareFolder(output ?? await otherDirectory(first.directory, set));
}

/**
 * Checks that a folder may take results.
 *
 * @throws {RunError} If the folder holds a run, or anything but earlier results.
 */
export async function prepareFolder(folder: string): Promise<Results> {
  const names = await resultsIn(folder);
  await requireOwnFiles(folder);
  const isResults = names.includes(resultFiles.evaluation) && !names.includes(runFiles.record);
  if (names.length === 0 || isResults) return new Results(folder);
  throw new RunError(
    `results need a folder that is new, empty, or holds earlier ones of no run. ` +
      `Received: ${folder}`,
  );
}

/** The names in a folder for results, but for the lock, which the first evaluation makes. */
async function resultsIn(folder: string): Promise<string[]> {
  const names = await namesInRun(folder, "results go into a folder");
  return names.filter((name) => name !== resultsLock);
}

/** A folder for the results of an ensemble, named by the time: `runs/ensemble-20261124-231500`. */
function ensembleDirectory(): string {
  return join("runs", `ensemble-${timeStamp()}`);
}

/** A folder for the results of a file's net: `runs/vgg16-on-photos-20261124-231500`. */
export function fileDirectory(file: string, data: string): string {
  return join("runs", `${safeName(file)}-on-${safeName(data)}-${timeStamp()}`);
}

/**
 * The folder in a run's for its results on other images: `evaluations/photos-test`, with a number where
 * that has the results of another data set of this name.
 */
async function otherDirectory(run: string, { name, source, split }: ChosenSet): Promise<string> {
  const stem = join(run, "evaluations", `${safeName(name)}-${split}`);
  for (let number = 1;; number++) {
    const folder = number === 1 ? stem : `${stem}-${number}`;
    const names = await resultsIn(folder);
    const there = names.length === 0
      ? undefined
      : await new Results(folder).evaluation().catch(() => undefined);
    if (names.length === 0 || there?.data?.source === source) return folder;
  }
}

function safeName(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, "-");
}
