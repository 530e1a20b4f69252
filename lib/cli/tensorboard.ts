import { join } from "@std/path";
import { openSummaryWriter } from "../engine/summary_writer.ts";
import type { Run } from "../runs/run.ts";
import type { Callback } from "../training/callbacks/callback.ts";
import { tensorBoard, tensorBoardDirectory } from "../training/callbacks/tensorboard.ts";
import { log } from "./progress.ts";

/** The flag `--tensorboard`: a folder, or `true` for the run's folder `tensorboard`. */
export type TensorBoardFlag = string | true;

/** Returns the callbacks for the flag. */
export function tensorBoardCallbacks(flag?: TensorBoardFlag): Callback[] {
  return flag === undefined ? [] : [tensorBoard(flag === true ? {} : { directory: flag })];
}

/** Adds the confusion matrix and the mistakes of an evaluated run, if the flag is given. */
export async function addTensorBoardImages(run: Run, flag?: TensorBoardFlag): Promise<void> {
  if (flag === undefined) return;
  const directory = flag === true ? tensorBoardDirectory(run) : flag;
  // Imported on demand: drawing loads large modules.
  const { writeRunImages } = await import("../figures/write_run_images.ts");
  const { split } = await run.evaluation();
  const writer = await openSummaryWriter(join(directory, split));
  try {
    await writeRunImages(run, writer);
  } finally {
    writer.close();
  }
  log(`logs       ${directory}, for tensorboard --logdir`);
}
