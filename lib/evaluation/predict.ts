import { setImmediate } from "node:timers/promises";
import { normalizeBytes } from "../data/augment/mod.ts";
import { BrokenImageError, type ClassLabel, type Image, type Resize } from "../data/dataset.ts";
import { decodeImage } from "../data/images/decode.ts";
import type { Compiled } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { requirePositiveInteger } from "../errors.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import type { Net } from "../weights/net.ts";
import { requireFiniteOutputs } from "./finite_outputs.ts";
import { compileForward, maxBatchSize, withMirrored } from "./forward.ts";

/** How {@linkcode predict} works. */
export interface PredictOptions {
  /** How many of the most likely classes to return per image. Default 5. */
  readonly top?: number;
  /** Images per batch. Default: 32, or fewer if memory is short. */
  readonly batchSize?: number;
  /**
   * Whether to average predictions with those of the mirrored images. Default: the `flipAtTest` of the
   * {@linkcode Net}, with which its accuracy was measured.
   */
  readonly flip?: boolean;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

/** A class and its probability. */
export interface ClassProbability extends ClassLabel {
  /** The class's index. */
  readonly label: number;
  /** From 0 to 1. */
  readonly probability: number;
}

/** The prediction for an image file. */
export interface PredictedFile {
  /** The path of the file. */
  readonly file: string;
  /** The image as the network received it, resized but not normalized. */
  readonly image: Image;
  /** The most likely classes, most likely first. */
  readonly top: readonly ClassProbability[];
}

/** A file that cannot be read as an image. */
export interface UnreadableFile {
  /** The path of the file. */
  readonly file: string;
  /** Why it cannot be read. */
  readonly reason: string;
}

/**
 * Classifies image files and yields the results in their order. The next batch is decoded while the
 * network computes. A file that cannot be read yields the reason instead of classes.
 *
 * If the run's recipe says `flipAtTest`, probabilities are averaged with those of the mirrored images,
 * as when its accuracy was measured. A weights file without that information is not mirrored.
 *
 * @param files Paths of image files; see {@linkcode findImages} for folders.
 * @throws {OptionError} If `top` or `batchSize` is not a positive whole number.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * import { predict } from "vgg/evaluation";
 * import { openNet } from "vgg/weights";
 *
 * const net = await openNet("runs/mine");
 * for await (const result of predict(net, ["bison.jpg", "drum.png"])) {
 *   if ("reason" in result) console.warn(result.file, result.reason);
 *   else console.log(result.file, result.top[0]?.name);
 * }
 * net.model.dispose();
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
  const forward = forwardFor(net, { batches: files.length / count, flip });
  const decodeFrom = (start: number): Promise<Decoded[]> | undefined => {
    if (start >= files.length) return undefined;
    const batch = decodeAll(files.slice(start, start + count), net.fit);
    // A caller that stops early never awaits this batch, so its failure must not be unhandled.
    batch.catch(() => {});
    return batch;
  };
  try {
    let ahead = decodeFrom(0);
    for (let start = count; ahead; start += count) {
      signal?.throwIfAborted();
      const decoded = await ahead;
      ahead = decodeFrom(start);
      yield* await predictBatch(net, forward, decoded, { count, top });
      // Lets timers and signals run, also when the engine computes on this thread.
      await setImmediate();
    }
  } finally {
    forward.dispose();
  }
}

type Decoded = { readonly file: string; readonly image: Image } | UnreadableFile;
type CompiledForward = Compiled<readonly [tf.Tensor4D], tf.Tensor2D>;

/** The batch size with which all batches are equally long: one shape, which is compiled once. */
function batchLength(
  { network }: Net,
  files: number,
  { batchSize, flip }: { batchSize: number; flip: boolean },
): number {
  const bytes = countVGG(network).activationBytes.inference * (flip ? 2 : 1);
  const max = Math.min(batchSize, maxBatchSize(bytes));
  return Math.max(1, Math.ceil(files / Math.ceil(files / max)));
}

/** Computes probabilities `[images, classes]` of images. */
function forwardFor(
  { model }: Net,
  { batches, flip }: { batches: number; flip: boolean },
): CompiledForward {
  const hasLogits = model.layers.at(-1)?.getConfig().activation === "linear";
  const forward = (images: tf.Tensor4D): tf.Tensor2D => {
    const output = model.apply(images) as tf.Tensor2D;
    return hasLogits ? tf.softmax(output) : output;
  };
  return compileForward(flip ? withMirrored(forward) : forward, batches);
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

async function predictBatch(
  { classes, network: { inputSize }, normalization }: Net,
  forward: CompiledForward,
  decoded: readonly Decoded[],
  { count, top }: { count: number; top: number },
): Promise<(PredictedFile | UnreadableFile)[]> {
  const length = inputSize * inputSize * 3;
  const floats = new Float32Array(count * length);
  decoded.forEach((each, at) => {
    if (!("image" in each)) return;
    const target = floats.subarray(at * length, (at + 1) * length);
    normalizeBytes(each.image.data, target, normalization);
  });
  const images = tf.tensor4d(floats, [count, inputSize, inputSize, 3]);
  const output = await forward.callAsync(images).finally(() => images.dispose());
  const values = await output.data<"float32">().finally(() => output.dispose());
  return decoded.map((each, at) => {
    if (!("image" in each)) return each;
    const probabilities = values.subarray(at * classes.length, (at + 1) * classes.length);
    requireFiniteOutputs(probabilities, each.file);
    return { ...each, top: mostLikely(probabilities, classes, top) };
  });
}

function mostLikely(
  probabilities: Float32Array,
  classes: readonly ClassLabel[],
  top: number,
): ClassProbability[] {
  const all = Array.from(probabilities, (probability, label) => ({
    ...classes[label]!,
    ...{ label, probability },
  }));
  return all
    .sort((a, b) => b.probability - a.probability)
    .slice(0, top);
}
