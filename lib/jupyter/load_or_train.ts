import { OptionError } from "../errors.ts";
import { type Run, RunError } from "../runs/run.ts";
import { resumableOptions } from "../training/config/given_settings.ts";
import { findRuns } from "../training/find_run.ts";
import type { TrainOptions } from "../training/options.ts";
import { train } from "../training/train.ts";
import { show } from "./show.ts";
import { watchTraining } from "./watch_training.ts";

/**
 * Returns the newest finished run in `runs/` that was trained with exactly these options. If there is
 * none, resumes one that was interrupted, or trains a new one, and shows it as
 * {@linkcode watchTraining} does.
 *
 * @throws As {@linkcode train} does.
 *
 * @example
 * ```ts ignore
 * const run = await loadOrTrain({ data: "drawn10" });
 * ```
 */
export async function loadOrTrain(options: TrainOptions = {}): Promise<Run> {
  const runs = await findRuns(options);
  const found = runs.find(({ record }) => record.status === "finished");
  if (found) {
    await show(`Trained already, and taken from ${found.directory}; delete it to train anew.`);
    return found;
  }
  for (const { directory, record } of runs) {
    if (record.status === "interrupted" || record.status === "running") {
      const run = await resumed({ ...options, run: directory });
      if (run) return run;
    }
  }
  return await train(watched(options));
}

/** The run once it is finished, or `undefined` if it cannot be resumed: another process trains it, say. */
async function resumed(options: TrainOptions & { readonly run: string }): Promise<Run | undefined> {
  try {
    return await train({ ...resumableOptions(options), resume: true, ...watchTraining() });
  } catch (error) {
    if (error instanceof RunError || error instanceof OptionError) return undefined;
    throw error;
  }
}

function watched(options: TrainOptions): TrainOptions {
  const { callbacks, ...watch } = watchTraining();
  return { ...options, ...watch, callbacks: [...callbacks, ...options.callbacks ?? []] };
}
