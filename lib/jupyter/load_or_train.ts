import { OptionError } from "../errors.ts";
import { type Run, RunError } from "../runs/run.ts";
import { resumableOptions } from "../training/config/given_settings.ts";
import { findRuns } from "../training/find_run.ts";
import type { TrainOptions } from "../training/options.ts";
import { train } from "../training/train.ts";
import { show } from "./show.ts";
import { watchTrainingOf } from "./watch_training.ts";

/**
 * Returns the newest finished run in `runs/` that was trained with exactly these options. If there is
 * none, it resumes an interrupted run or trains a new one, and shows the progress like
 * {@linkcode watchTraining}.
 *
 * @throws Everything that {@linkcode train} throws.
 *
 * @example
 * ```ts ignore
 * import { loadOrTrain } from "vgg";
 *
 * const run = await loadOrTrain({ data: "drawn10" });
 * ```
 */
export async function loadOrTrain(options: TrainOptions = {}): Promise<Run> {
  const runs = await findRuns(options);
  const finished = runs.find(({ record }) => record.status === "finished");
  if (finished) {
    await show(`Loaded a finished run from ${finished.directory}. Delete it to train again.`);
    return finished;
  }
  for (const { directory, record } of runs) {
    if (record.status === "interrupted" || record.status === "running") {
      const run = await tryResume({ ...options, run: directory });
      if (run) return run;
    }
  }
  return await train(watched(options));
}

/** Resumes a run. Returns nothing if that is impossible, for example while another process trains it. */
async function tryResume(
  options: TrainOptions & { readonly run: string },
): Promise<Run | undefined> {
  try {
    return await train(watched({ ...resumableOptions(options), resume: true }));
  } catch (error) {
    if (error instanceof RunError || error instanceof OptionError) return undefined;
    throw error;
  }
}

function watched(options: TrainOptions): TrainOptions {
  const { callbacks, ...watch } = watchTrainingOf(() => "Run this cell again to resume the run.");
  return { ...options, ...watch, callbacks: [...callbacks, ...options.callbacks ?? []] };
}
