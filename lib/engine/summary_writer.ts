import { folderError } from "../files/read.ts";
import { OptionError } from "../errors.ts";
import { mapWriteErrors } from "../files/write.ts";
import { tf } from "./tf.ts";

/** Writes a TensorBoard event file. TensorFlow does not report a full disk. */
export interface SummaryWriter {
  /**
   * Adds a point to the curve of a tag.
   *
   * @param value Stored in float32.
   * @throws {RangeError} If the step is not an integer.
   */
  scalar(tag: string, value: number, step: number): void;
  /**
   * Adds an image.
   *
   * @param pixels RGB, `height × width × 3` bytes, row by row.
   * @throws {RangeError} If the step is not an integer.
   * @throws {TensorFlowError} If the number of bytes does not fit the size.
   */
  image(tag: string, pixels: Uint8Array, size: ImageSize, step: number): void;
  /** Writes everything added so far to the disk. Until then TensorBoard may not see it. */
  flush(): void;
  /** Flushes and closes the file. Closing it again does nothing; other methods then throw. */
  close(): void;
}

/** The size of an image in pixels. */
export interface ImageSize {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
}

/** The engine whose operations write event files. */
const writingEngine = "tensorflow";

/**
 * Opens a new TensorBoard event file. TensorFlow's own operations write it, so its engine must have been
 * started.
 *
 * @param directory The folder of the file, one for each TensorBoard run. It is created if missing.
 * @returns A writer, which the caller closes.
 * @throws {OptionError} If another engine computes, or `directory` is a file.
 * @throws {WriteError} If the folder cannot be written to.
 *
 * @example
 * ```ts
 * import { openSummaryWriter } from "./summary_writer.ts";
 * async function writeLosses(losses: readonly number[]): Promise<void> {
 *   const writer = await openSummaryWriter("runs/mine/tensorboard/train");
 *   losses.forEach((loss, epoch) => writer.scalar("epoch/loss", loss, epoch + 1));
 *   writer.close();
 * }
 * ```
 */
export async function openSummaryWriter(directory: string): Promise<SummaryWriter> {
  requireSummaryEngine(tf.getBackend());
  await makeFolder(directory);
  // Imported late, as other engines do not need TensorFlow's binding.
  const { TensorFlowSummaryWriter } = await import("./tensorflow/summary_writer.ts");
  return new TensorFlowSummaryWriter(directory);
}

/** @throws {OptionError} If the engine of this name cannot write event files. */
export function requireSummaryEngine(name: string | undefined): void {
  if (name === writingEngine) return;
  throw new OptionError(
    `TensorBoard files need the ${writingEngine} engine. Received: ${name ?? "no engine"}`,
  );
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mapWriteErrors(directory, () => Deno.mkdir(directory, { recursive: true }));
  } catch (error) {
    if (!(await folderError(error, directory) instanceof Deno.errors.NotADirectory)) throw error;
    throw new OptionError(
      `TensorBoard files need a folder. Received: ${directory}, which is a file or lies in one`,
    );
  }
}
