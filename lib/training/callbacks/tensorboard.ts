import { join } from "@std/path";
import {
  openSummaryWriter,
  requireSummaryEngine,
  type SummaryWriter,
} from "../../engine/summary_writer.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Run } from "../../runs/run.ts";
import type { HistoryLine } from "../../runs/schemas.ts";
import type { Callback } from "./callback.ts";

/** Where {@linkcode tensorBoard} writes. */
export interface TensorBoardOptions {
  /** Default: {@linkcode tensorBoardDirectory} of the run. */
  readonly directory?: string | undefined;
}

/** The callback of {@linkcode tensorBoard}. */
export interface TensorBoardCallback extends Callback {
  /** Checks that the engine writes event files. */
  onSetup(engine: Pick<Engine, "name">): void;
  /** Opens the files. */
  onStart(run: Run): Promise<void>;
  /** Writes the results of an epoch. */
  onEpoch(line: HistoryLine): void;
  /** Closes the files. */
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
 * @returns A callback. It throws a `RangeError`, before anything is written, if another engine than
 *   TensorFlow computes.
 *
 * @example
 * ```ts
 * import { tensorBoard, train } from "vgg/training";
 *
 * const start = () => train({ data: "drawn10", callbacks: [tensorBoard()] });
 * // Then: tensorboard --logdir runs/NAME/tensorboard
 * ```
 */
export function tensorBoard({ directory }: TensorBoardOptions = {}): TensorBoardCallback {
  let writers: { train?: SummaryWriter; validation?: SummaryWriter } = {};
  return {
    onSetup: ({ name }) => requireSummaryEngine(name),
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
      writers = {};
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
