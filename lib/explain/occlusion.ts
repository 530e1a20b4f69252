import { setImmediate } from "node:timers/promises";
import { tf } from "../engine/tf.ts";
import { OptionError, requirePositiveInteger } from "../errors.ts";
import { maxBatchSize } from "../evaluation/forward.ts";
import { chooseLabels, type Labels } from "./choose_labels.ts";
import { type ClassGrid, type Grid, readGrids } from "./grid.ts";
import { classScoresOf, largestMaps, layersOf } from "./layers.ts";

/** How {@linkcode occlusion} hides parts of an image. */
export interface OcclusionOptions {
  /** The classes to explain. Default: the predicted ones. */
  readonly labels?: Labels;
  /** The side of the hidden square in pixels. Default: a quarter of the image's shorter side. */
  readonly size?: number;
  /** Pixels from one square to the next. Default: half the square's side. */
  readonly stride?: number;
  /** Images per batch. Default: as many as fit into memory. */
  readonly batchSize?: number;
  /** Stops the computation between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Computes occlusion sensitivity: how much the probability of a class drops when a square of the image
 * is covered with the image's mean color (Zeiler & Fergus 2014, arXiv:1311.2901, section 4.2).
 * It needs no gradients, only predictions.
 *
 * @param model Built by `buildVGG`, with probabilities or logits.
 * @param images `[images, height, width, channels]`, normalized; not disposed.
 * @returns One grid per image, of its size: at every pixel the mean drop over the squares that cover
 *   it, negative where covering makes the class more likely.
 * @throws {OptionError} If a label is not a class index, or the squares do not fit into the image.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts
 * import { buildVGG, tf } from "vgg";
 * import { occlusion } from "vgg/explain";
 *
 * const model = buildVGG({ configuration: "A", inputSize: 32, classes: 10, width: 0.1 });
 * const [grid] = await occlusion(model, tf.ones([1, 32, 32, 3]), { size: 16, stride: 16 });
 * ```
 */
export async function occlusion(
  model: tf.LayersModel,
  images: tf.Tensor4D,
  options: OcclusionOptions = {},
): Promise<ClassGrid[]> {
  const layers = layersOf(model);
  const { batchSize = maxBatchSize(largestMaps(model)) } = options;
  requirePositiveInteger("batchSize", batchSize);
  const scores = tf.tidy(() => classScoresOf(layers, images));
  const chosen = await chooseLabels(scores, options.labels).finally(() => scores.dispose());
  const grids: ClassGrid[] = [];
  for (const [index, image] of (await readGrids(images)).entries()) {
    grids.push(await occludeOne(layers, image, chosen[index]!, { ...options, batchSize }));
  }
  return grids;
}

async function occludeOne(
  layers: readonly tf.layers.Layer[],
  image: Grid,
  label: number,
  options: OcclusionOptions & { batchSize: number },
): Promise<ClassGrid> {
  const { width, height } = image;
  const squares = squaresOf(image, options);
  const { batchSize, signal } = options;
  const color = meanColor(image);
  const [unoccluded] = await probabilities(layers, [image], label);
  const drops = new Float32Array(width * height), counts = new Uint16Array(width * height);
  for (let start = 0; start < squares.length; start += batchSize) {
    signal?.throwIfAborted();
    const batch = squares.slice(start, start + batchSize);
    const occluded = batch.map((square) => cover(image, square, color));
    for (const [index, probability] of (await probabilities(layers, occluded, label)).entries()) {
      eachPixel(batch[index]!, width, (pixel) => {
        drops[pixel]! += unoccluded! - probability;
        counts[pixel]! += 1;
      });
    }
    // Lets signals run, also when the engine computes on this thread.
    await setImmediate();
  }
  const values = drops.map((drop, pixel) => drop / counts[pixel]!);
  return { width, height, channels: 1, values, label };
}

interface Square {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** Squares that cover an image together; the last one of a row or column ends at the edge. */
function squaresOf({ width, height }: Grid, options: OcclusionOptions): Square[] {
  const side = Math.min(width, height);
  const { size = Math.ceil(side / 4), stride = Math.ceil(size / 2) } = options;
  requirePositiveInteger("size", size);
  requirePositiveInteger("stride", stride);
  if (size > side) throw new OptionError(`size must be ${side} pixels at most. Received: ${size}`);
  if (stride > size) {
    throw new OptionError(
      `stride must be the square's ${size} pixels at most. Received: ${stride}`,
    );
  }
  const positions = (length: number): number[] => {
    const last = length - size;
    return Array.from(
      { length: Math.ceil(last / stride) + 1 },
      (_, step) => Math.min(last, step * stride),
    );
  };
  return positions(height).flatMap((top) => positions(width).map((left) => ({ left, top, size })));
}

function eachPixel(
  { left, top, size }: Square,
  width: number,
  visit: (pixel: number) => void,
): void {
  for (let row = top; row < top + size; row++) {
    for (let column = left; column < left + size; column++) visit(row * width + column);
  }
}

function meanColor({ channels, values }: Grid): Float32Array {
  const mean = new Float32Array(channels);
  const weight = channels / values.length;
  values.forEach((value, at) => mean[at % channels]! += value * weight);
  return mean;
}

function cover(image: Grid, square: Square, color: Float32Array): Grid {
  const values = image.values.slice();
  eachPixel(square, image.width, (pixel) => values.set(color, pixel * image.channels));
  return { ...image, values };
}

/** The probability of a class in each image; all images have one size. */
async function probabilities(
  layers: readonly tf.layers.Layer[],
  images: readonly Grid[],
  label: number,
): Promise<Float32Array> {
  const { width, height, channels } = images[0]!;
  const output = tf.tidy(() => {
    const batch = tf.stack(
      images.map(({ values }) => tf.tensor3d(values, [height, width, channels])),
    );
    const scores = classScoresOf(layers, batch);
    return tf.softmax(scores).slice([0, label], [-1, 1]);
  });
  return await output.data<"float32">().finally(() => output.dispose());
}
