import { setImmediate } from "node:timers/promises";
import { normalizeBytes } from "../data/augment/mod.ts";
import { BrokenImageError, type ClassLabel, type Image, type Resize } from "../data/dataset.ts";
import { decodeImage } from "../data/images/decode.ts";
import { prefetched } from "../data/pipeline/prefetched.ts";
import type { Compiled } from "../engine/compile.ts";
import { repeatedPrecision } from "../engine/precision.ts";
import { tf } from "../engine/tf.ts";
import { runningEngine } from "../engine/use_engine.ts";
import { requirePositiveInteger } from "../errors.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import type { Net } from "../weights/net.ts";
import { DataWait } from "./data_wait.ts";
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
  /**
   * Called at the end with the share of the time in which the network waited for images, from 0 to 1: for
   * the first batch, and for others that took longer to decode than the batch before them to compute.
   */
  readonly onDataWait?: (share: number) => void;
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
 * as when its accuracy was measured. A weights file without that information is not mirrored. In the same
 * way the precision is that of the {@linkcode Net}, where the hardware computes in it.
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
  options: PredictOptions = {},
): AsyncGenerator<PredictedFile | UnreadableFile, void, void> {
  const { top = 5, batchSize = 32, flip = net.flipAtTest ?? false, signal, onDataWait } = options;
  requirePositiveInteger("top", top);
  requirePositiveInteger("batchSize", batchSize);
  const count = batchLength(net, files.length, { batchSize, flip });
  const forward = forwardFor(net, { batches: files.length / count, flip });
  const wait = new DataWait();
  try {
    signal?.throwIfAborted();
    for await (const batch of wait.track(prefetched(decodedBatches(net, files, count)))) {
      const values = await wait.compute(() => compute(net, forward, batch.pixels));
      yield* resultsOf(net, batch, values, top);
      // Lets timers and signals run, also when the engine computes on this thread.
      await setImmediate();
      if (batch.end < files.length) signal?.throwIfAborted();
    }
    onDataWait?.(wait.share);
  } finally {
    forward.dispose();
  }
}

/** Some of the files, decoded. */
interface DecodedBatch {
  readonly decoded: readonly Decoded[];
  /** The network's input, `[count, inputSize, inputSize, 3]`; 0 for what cannot be read. */
  readonly pixels: Float32Array<ArrayBuffer>;
  /** How many files this batch and those before it have. */
  readonly end: number;
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
  { model, precision }: Net,
  { batches, flip }: { batches: number; flip: boolean },
): CompiledForward {
  const hasLogits = model.layers.at(-1)?.getConfig().activation === "linear";
  const forward = (images: tf.Tensor4D): tf.Tensor2D => {
    const output = model.apply(images) as tf.Tensor2D;
    return hasLogits ? tf.softmax(output) : output;
  };
  return compileForward(
    flip ? withMirrored(forward) : forward,
    batches,
    repeatedPrecision(precision, runningEngine()),
  );
}

async function* decodedBatches(
  { network: { inputSize }, fit, normalization }: Net,
  files: readonly string[],
  count: number,
): AsyncGenerator<DecodedBatch, void, void> {
  const length = inputSize * inputSize * 3;
  for (let end = count; end < files.length + count; end += count) {
    const decoded = await decodeAll(files.slice(end - count, end), fit);
    const pixels = new Float32Array(count * length);
    decoded.forEach((each, at) => {
      if (!("image" in each)) return;
      normalizeBytes(
        each.image.data,
        pixels.subarray(at * length, (at + 1) * length),
        normalization,
      );
    });
    yield { decoded, pixels, end };
  }
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

/** Computes probabilities, `[count, classes]`. */
async function compute(
  { network: { inputSize } }: Net,
  forward: CompiledForward,
  pixels: Float32Array<ArrayBuffer>,
): Promise<Float32Array> {
  const count = pixels.length / (inputSize * inputSize * 3);
  const images = tf.tensor4d(pixels, [count, inputSize, inputSize, 3]);
  const output = await forward.callAsync(images).finally(() => images.dispose());
  return await output.data<"float32">().finally(() => output.dispose());
}

function resultsOf(
  { classes }: Net,
  { decoded }: DecodedBatch,
  values: Float32Array,
  top: number,
): (PredictedFile | UnreadableFile)[] {
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
