import { join } from "@std/path";
import { openSummaryWriter, type SummaryWriter } from "../../engine/summary_writer.ts";
import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";

/** Where {@linkcode tensorBoard} writes. */
export interface TensorBoardOptions {
  /** Default: {@linkcode tensorBoardDirectory} of the run. */
  readonly directory?: string | undefined;
}

/** What {@linkcode tensorBoard} does in the state of a training. */
export interface TensorBoardCallback {
  /** Opens the event files; it must be done before the first epoch ends. */
  onStart(run: Run): Promise<void>;
  onEpoch(line: HistoryLine): void;
  /** Closes them, however the training ended. */
  onEnd(): void;
}

/** The folder that TensorBoard is given for a run, unless another one is named. */
export function tensorBoardDirectory({ directory }: Pick<Run, "directory">): string {
  return join(directory, "tensorboard");
}

/**
 * Writes each epoch's results for TensorBoard, as Keras does: into the folders `train` and
 * `validation`, which TensorBoard draws as two lines of one chart. The tags are `epoch/loss` and
 * `epoch/accuracy` in both, and `epoch/learning_rate` and `epoch/images_per_second` in `train`.
 *
 * A run that is resumed adds files to the same folders.
 *
 * @returns Hooks of one training. `onStart` throws where another engine than TensorFlow computes.
 *
 * @example
 * ```ts ignore
 * import { train } from "vgg";
 *
 * const run = await train({ callbacks: [tensorBoard()] });
 * // Then: tensorboard --logdir runs/NAME/tensorboard
 * ```
 */
export function tensorBoard({ directory }: TensorBoardOptions = {}): TensorBoardCallback {
  const writers: { train?: SummaryWriter; validation?: SummaryWriter } = {};
  return {
    onStart: async (run) => {
      const folder = directory ?? tensorBoardDirectory(run);
      writers.train = await openSummaryWriter(join(folder, "train"));
      if (run.record.data.validation > 0) {
        writers.validation = await openSummaryWriter(join(folder, "validation"));
      }
    },
    onEpoch: (line) => {
      const { epoch, loss, accuracy, lr, val_loss, val_accuracy } = line;
      const images_per_second = line.images_per_second;
      write(writers.train, epoch, { loss, accuracy, learning_rate: lr, images_per_second });
      write(writers.validation, epoch, { loss: val_loss, accuracy: val_accuracy });
    },
    onEnd: () => {
      for (const writer of Object.values(writers)) writer.close();
    },
  };
}

/** Writes an epoch's values at once, for who watches the training. */
function write(
  writer: SummaryWriter | undefined,
  epoch: number,
  values: Readonly<Record<string, number>>,
): void {
  for (const [name, value] of Object.entries(values)) writer?.scalar(`epoch/${name}`, value, epoch);
  writer?.flush();
}
