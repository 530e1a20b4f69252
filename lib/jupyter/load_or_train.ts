import { OptionError } from "../errors.ts";
import { findRuns } from "../runs/find_run.ts";
import { type Run, RunError } from "../runs/run.ts";
import { train, type TrainOptions } from "../training/train.ts";
import { show } from "./show.ts";
import { watchTraining } from "./watch_training.ts";

/**
 * Gives the newest finished run in `runs/` that was trained with just these options. Where there is
 * none, it goes on with one that was interrupted, or trains one, and shows it as
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

/** The run, once it is finished; nothing where it cannot go on: another process trains it, say. */
async function resumed(options: TrainOptions & { readonly run: string }): Promise<Run | undefined> {
  try {
    return await train(watched({ ...options, resume: true }));
  } catch (error) {
    if (error instanceof RunError || error instanceof OptionError) return undefined;
    throw error;
  }
}

function watched(options: TrainOptions): TrainOptions {
  const { callbacks, ...watch } = watchTraining();
  return { ...options, ...watch, callbacks: [...callbacks, ...options.callbacks ?? []] };
}
