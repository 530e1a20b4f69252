import { findRun } from "../training/find_run.ts";
import type { Run } from "../training/run.ts";
import { train, type TrainOptions } from "../training/train.ts";
import { show } from "./show.ts";
import { watchTraining } from "./watch_training.ts";

/**
 * Gives the newest finished run in `runs/` that was trained with just these options; where there is
 * none, trains one and shows it as {@linkcode watchTraining} does.
 *
 * @throws As {@linkcode train} does.
 *
 * @example
 * ```ts ignore
 * const run = await trainOnce({ data: "drawn10" });
 * ```
 */
export async function trainOnce(options: TrainOptions = {}): Promise<Run> {
  const found = await findRun(options);
  if (!found) return await train({ ...options, ...watchTraining() });
  await show(`Trained already, and taken from ${found.directory}; delete it to train anew.`);
  return found;
}
