import { setImmediate } from "node:timers/promises";
import { normaliseBytes } from "../data/augment/mod.ts";
import { BrokenImageError, type ClassLabel, type Image, type Resize } from "../data/dataset.ts";
import { decodeImage } from "../data/images/decode.ts";
import { requirePositiveInteger } from "../checks.ts";
import { compile, type Compiled } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import type { Net } from "../weights/net.ts";
import { withMirrored } from "./evaluator.ts";
import { maxBatchSize } from "./images_at_once.ts";

/** How {@linkcode predict} works. */
export interface PredictOptions {
  /** How many classes to tell, likeliest first. Default 5. */
  readonly top?: number;
  /** Images at once. Default: 32, or fewer where memory asks for it. */
  readonly batchSize?: number;
  /**
   * Whether predictions are averaged with those of the mirrored images. Default: as the accuracy was
   * measured, see `flipAtTest` of {@linkcode Net}.
   */
  readonly flip?: boolean;
  readonly signal?: AbortSignal;
}

/** A class and how likely it is. */
export interface ClassProbability extends ClassLabel {
  /** The class's index. */
  readonly label: number;
  readonly probability: number;
}

/** What a net takes a file's image for. */
export interface PredictedFile {
  readonly file: string;
  /** The image as the net was shown it. */
  readonly image: Image;
  /** The likeliest classes, likeliest first. */
  readonly top: readonly ClassProbability[];
}

/** A file that holds no image. */
export interface UnreadableFile {
  readonly file: string;
  readonly reason: string;
}

/** Recording a function costs a few batches, and saves a part of each. */
const worthCompiling = 6;

/**
 * Tells what a net takes the images of files for, in their order; while one batch is looked at, the
 * next is decoded. Files that cannot be read are told as such.
 *
 * Probabilities are averaged with those of the mirrored images where the run's recipe says
 * `flipAtTest`: so its accuracy was measured. Of a weights file that does not say it, they are not.
 *
 * @param files Paths of image files; see {@linkcode findImages} for folders.
 * @throws {OptionError} For a number of classes or a batch size that is no whole number from 1.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * const net = await openNet("runs/mine");
 * for await (const result of predict(net, ["bison.jpg", "drum.png"])) {
 *   if ("reason" in result) console.warn(result.file, result.reason);
 *   else console.log(result.file, result.top[0]?.name);
 * }
 * ```
 */
export async function* predict(
  net: Net,
  files: readonly string[],
  { top = 5, batchSize = 32, flip = net.flipAtTest ?? false, signal }: PredictOptions = {},
): AsyncGenerator<PredictedFile | UnreadableFile, void, void> {
  requirePositiveInteger("top", top);
  requirePositiveInteger("batchSize", batchSize);
  const count = batchLength(net, files.length, { batchSize, flip });
  const look = looking(net, { batches: files.length / count, flip });
  const decodeFrom = (start: number): Promise<Decoded[]> | undefined => {
    if (start >= files.length) return undefined;
    const batch = decodeAll(files.slice(start, start + count), net.fit);
    // Whoever stops early never waits for the batch ahead; its failure then concerns nobody.
    batch.catch(() => {});
    return batch;
  };
  try {
    let ahead = decodeFrom(0);
    for (let start = count; ahead; start += count) {
      signal?.throwIfAborted();
      const decoded = await ahead;
      ahead = decodeFrom(start);
      yield* await tellAll(net, look, decoded, { count, top });
      // Lets timers and signals have their turn, also where the engine works on this thread.
      await setImmediate();
    }
  } finally {
    look.dispose();
  }
}

type Decoded = { readonly file: string; readonly image: Image } | UnreadableFile;
type Look = Compiled<readonly [tf.Tensor4D], tf.Tensor2D>;

/** Batches of one length, so that none asks an engine for a shape of its own. */
function batchLength(
  { network }: Net,
  files: number,
  { batchSize, flip }: { batchSize: number; flip: boolean },
): number {
  const bytes = countVGG(network).activationBytes.inference * (flip ? 2 : 1);
  const most = Math.min(batchSize, maxBatchSize(bytes));
  return Math.max(1, Math.ceil(files / Math.ceil(files / most)));
}

/** Probabilities `[images, classes]` of images. */
function looking({ model }: Net, { batches, flip }: { batches: number; flip: boolean }): Look {
  const hasLogits = model.layers.at(-1)?.getConfig().activation === "linear";
  const plain = (images: tf.Tensor4D): tf.Tensor2D => {
    const output = model.apply(images) as tf.Tensor2D;
    return hasLogits ? tf.softmax(output) : output;
  };
  const look = flip ? withMirrored(plain) : plain;
  if (batches >= worthCompiling) return compile(look);
  const run = (images: tf.Tensor4D): tf.Tensor2D => tf.tidy(() => look(images));
  const callAsync = (images: tf.Tensor4D): Promise<tf.Tensor2D> => Promise.resolve(run(images));
  return Object.assign(run, { callAsync, dispose: () => {} });
}

function decodeAll(files: readonly string[], fit: Resize): Promise<Decoded[]> {
  return Promise.all(files.map(async (file) => {
    try {
      return { file, image: await decodeImage(file, fit) };
    } catch (error) {
      if (error instanceof BrokenImageError) return { file, reason: error.reason };
      throw error;
    }
  }));
}

async function tellAll(
  { classes, network: { inputSize }, normalisation }: Net,
  look: Look,
  decoded: readonly Decoded[],
  { count, top }: { count: number; top: number },
): Promise<(PredictedFile | UnreadableFile)[]> {
  const length = inputSize * inputSize * 3;
  const floats = new Float32Array(count * length);
  decoded.forEach((each, at) => {
    if (!("image" in each)) return;
    const own = floats.subarray(at * length, (at + 1) * length);
    normaliseBytes(each.image.data, own, normalisation);
  });
  const images = tf.tensor4d(floats, [count, inputSize, inputSize, 3]);
  const output = await look.callAsync(images).finally(() => images.dispose());
  const rows = await output.data<"float32">().finally(() => output.dispose());
  return decoded.map((each, at) => {
    if (!("image" in each)) return each;
    const row = rows.subarray(at * classes.length, (at + 1) * classes.length);
    return { ...each, top: likeliest(row, classes, top) };
  });
}

function likeliest(
  row: Float32Array,
  classes: readonly ClassLabel[],
  top: number,
): ClassProbability[] {
  return Array.from(row, (probability, label) => ({ ...classes[label]!, label, probability }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}
