import { mapWriteErrors } from "../files/write.ts";
import { tf } from "./tf.ts";

/** Writes one TensorBoard event file. TensorFlow does not report a disk that is full. */
export interface SummaryWriter {
  /**
   * Adds a point to the curve of a tag.
   *
   * @param value Kept in float32.
   * @throws {RangeError} Where the step is not an integer.
   */
  scalar(name: string, value: number, step: number): void;
  /**
   * Adds an image.
   *
   * @param pixels RGB, `height × width × 3` bytes, row by row.
   * @throws {RangeError} Where the step is not an integer; {TensorFlowError} where the bytes do not
   *   fit the size.
   */
  image(name: string, pixels: Uint8Array, size: ImageSize, step: number): void;
  /** Writes to the disk what was added so far; until then TensorBoard may not see it. */
  flush(): void;
  /** Flushes and closes the file. After that it can only be closed again, which does nothing. */
  close(): void;
}

/** In pixels. */
export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** The engine whose operations write event files. */
const writingEngine = "tensorflow";

/**
 * Opens a new event file for TensorBoard. TensorFlow's own operations write it, so its engine must
 * be ready.
 *
 * @param directory The folder of the file, one for each TensorBoard run. It is made where it is missing.
 * @returns A writer, which the caller closes.
 * @throws {RangeError} Where another engine computes, or a file is in the folder's place; {WriteError}
 *   where nothing can be written there.
 *
 * @example
 * ```ts ignore
 * const writer = await openSummaryWriter("runs/mine/tensorboard/train");
 * writer.scalar("epoch/loss", 0.25, 1);
 * writer.close();
 * ```
 */
export async function openSummaryWriter(directory: string): Promise<SummaryWriter> {
  requireSummaryEngine(tf.getBackend());
  await makeFolder(directory);
  // Loaded when it is needed: other engines need none of TensorFlow's binding.
  const { TensorFlowSummaryWriter } = await import("./tensorflow/summary_writer.ts");
  return new TensorFlowSummaryWriter(directory);
}

/** @throws {RangeError} If the engine of this name cannot write event files. */
export function requireSummaryEngine(name: string | undefined): void {
  if (name === writingEngine) return;
  throw new RangeError(
    `TensorBoard files need the ${writingEngine} engine. Received: ${name ?? "no engine"}`,
  );
}

async function makeFolder(directory: string): Promise<void> {
  try {
    await mapWriteErrors(directory, () => Deno.mkdir(directory, { recursive: true }));
  } catch (error) {
    const { AlreadyExists, NotADirectory } = Deno.errors;
    if (!(error instanceof AlreadyExists || error instanceof NotADirectory)) throw error;
    throw new RangeError(
      `TensorBoard files need a folder. Received: ${directory}, which is a file or lies in one`,
    );
  }
}
