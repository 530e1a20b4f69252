import type { PreparedSplit } from "./cache.ts";
import { copySquare } from "./copy_pixels.ts";
import type { Picture } from "./dataset.ts";
import { order } from "./order.ts";
import { type RandomStream, randomStream } from "./random.ts";

/** Some pictures of one size, ready for the engine. */
export interface Batch {
  readonly length: number;
  /** Height and width of every picture. */
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The class index of every picture. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** The pictures' numbers in the prepared split. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** Where random crops are to be resized: their boxes. */
  readonly crops?: Crops;
}

/** Which part of each picture of a batch is the crop, and the size that it is to be resized to. */
export interface Crops {
  readonly size: number;
  /** `[length, 4]`: top, left, bottom, right, as `tf.image.cropAndResize` takes them. */
  readonly boxes: Float32Array<ArrayBuffer>;
}

/**
 * The paper's random crop: a square of `size` pixels out of the picture rescaled to a shortest side
 * drawn from `shortestSide`, `[lowest, highest]`. Pictures must be prepared with the `shortest` fit
 * at the highest.
 */
export interface RandomCrop {
  readonly size: number;
  readonly shortestSide: readonly [number, number];
  /** Mirrors half of the crops. */
  readonly flip: boolean;
}

/** How {@linkcode batches} makes batches. */
export interface BatchOptions {
  readonly batchSize: number;
  /** With an epoch, decides the order; without one, the pictures keep the split's. */
  readonly seed?: number;
  /** The epoch, or the pass, that is being made; it makes orders and crops differ. */
  readonly epoch?: number;
  /** Leaves a last, smaller batch out; `false` by default. */
  readonly dropLast?: boolean;
  /** Crops pictures of any shape; without it, all must be squares of one size. */
  readonly crop?: RandomCrop;
  readonly signal?: AbortSignal;
}

/**
 * One pass over a split in batches; while one is being used, the next is made.
 *
 * @throws {RangeError} For a batch size or a crop that is not possible.
 *
 * @example
 * ```ts ignore
 * for await (const batch of batches(prepared, { batchSize: 128, seed: 42, epoch })) {
 *   const images = augment(batch, step++);
 * }
 * ```
 */
export async function* batches(
  split: PreparedSplit,
  options: BatchOptions,
): AsyncGenerator<Batch, void, void> {
  const { batchSize, seed = 1, epoch, dropLast = false, crop, signal } = options;
  requireWhole("batchSize", batchSize);
  if (crop) requireCrop(crop);
  const visited = epoch === undefined
    ? Uint32Array.from(split.labels.keys())
    : order(split.length, seed, epoch);
  const count = countBatches(split.length, { batchSize, dropLast });
  const make = (number: number): Promise<Batch> | undefined => {
    if (number >= count) return undefined;
    const indices = visited.slice(number * batchSize, (number + 1) * batchSize);
    const batch = crop
      ? cropBatch(split, indices, crop, randomStream("crop", seed, epoch ?? 0, number))
      : wholeBatch(split, indices);
    // Whoever stops early never waits for the batch ahead; its failure then concerns nobody.
    batch.catch(() => {});
    return batch;
  };
  let ahead = make(0);
  for (let number = 0; ahead; number++) {
    signal?.throwIfAborted();
    const batch = await ahead;
    ahead = make(number + 1);
    yield batch;
  }
}

/** How many batches {@linkcode batches} makes of `length` pictures. */
export function countBatches(
  length: number,
  options: { batchSize: number; dropLast?: boolean },
): number {
  return (options.dropLast ? Math.floor : Math.ceil)(length / options.batchSize);
}

async function wholeBatch(split: PreparedSplit, indices: Uint32Array<ArrayBuffer>): Promise<Batch> {
  const pictures = await picturesOf(split, indices);
  const size = pictures[0]?.width ?? 0;
  const pixels = new Uint8Array(pictures.length * size * size * 3);
  pictures.forEach(({ width, height, data }, position) => {
    if (width !== size || height !== size) {
      throw new RangeError(
        `without a crop, pictures must be squares of one size, ${size}. Received: ${width} × ${height}`,
      );
    }
    pixels.set(data, position * data.length);
  });
  return { length: pictures.length, size, pixels, labels: labelsOf(split, indices), indices };
}

async function cropBatch(
  split: PreparedSplit,
  indices: Uint32Array<ArrayBuffer>,
  crop: RandomCrop,
  random: RandomStream,
): Promise<Batch> {
  const pictures = await picturesOf(split, indices);
  const [lowest, highest] = crop.shortestSide;
  // The largest region that a crop may come from, in pixels of the prepared pictures.
  const size = Math.round(crop.size * highest / lowest);
  const pixels = new Uint8Array(pictures.length * size * size * 3);
  const boxes = new Float32Array(pictures.length * 4);
  pictures.forEach((picture, position) => {
    const side = drawSide(picture, crop, random);
    const from = {
      ...picture,
      left: random.integer(0, picture.width - side),
      top: random.integer(0, picture.height - side),
    };
    const to = { data: pixels, width: size, left: 0, top: position * size };
    copySquare(from, to, side, crop.flip && random.uniform(0, 1) < 0.5);
    boxes.set(boxOf(side, crop.size, size), position * 4);
  });
  const batch = {
    length: pictures.length,
    size,
    pixels,
    labels: labelsOf(split, indices),
    indices,
  };
  return size === crop.size ? batch : { ...batch, crops: { size: crop.size, boxes } };
}

/** The side of the region, in pixels of the prepared picture, that a random scale makes a crop of. */
function drawSide(picture: Picture, crop: RandomCrop, random: RandomStream): number {
  const [lowest, highest] = crop.shortestSide;
  const shortest = Math.min(picture.width, picture.height);
  if (shortest !== highest) {
    throw new RangeError(
      `pictures to crop must have the shortest side ${highest}. Received: ${shortest}`,
    );
  }
  if (lowest === highest) return crop.size;
  return Math.round(crop.size * highest / random.integer(lowest, highest));
}

/**
 * The box that makes `cropAndResize`, which puts corners on corners, sample pixel areas instead: the
 * `side` pixels at the top left of `size`, brought to `crop` pixels.
 */
function boxOf(side: number, crop: number, size: number): [number, number, number, number] {
  const step = side / crop;
  const [first, last] = [(step - 1) / 2, side - (step + 1) / 2];
  const [start, end] = [first / (size - 1), last / (size - 1)];
  return [start, start, end, end];
}

async function picturesOf(split: PreparedSplit, indices: Uint32Array): Promise<Picture[]> {
  return await Promise.all(Array.from(indices, (index) => split.picture(index)));
}

function labelsOf(split: PreparedSplit, indices: Uint32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(indices, (index) => split.labels[index] ?? 0);
}

function requireCrop({ size, shortestSide: [lowest, highest] }: RandomCrop): void {
  requireWhole("the crop's size", size);
  requireWhole("the lowest shortest side", lowest);
  requireWhole("the highest shortest side", highest);
  if (size <= lowest && lowest <= highest) return;
  throw new RangeError(
    `a crop must fit into the lowest shortest side, and that be the lower. ` +
      `Received: ${size} out of ${lowest} to ${highest}`,
  );
}

function requireWhole(what: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new RangeError(`${what} must be a whole number above 0. Received: ${value}`);
}
