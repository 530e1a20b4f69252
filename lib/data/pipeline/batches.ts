import { OptionError, requirePositiveInteger } from "../../errors.ts";
import { randomStream, shuffle } from "../../random/stream.ts";
import type { Image } from "../dataset.ts";
import type { PreparedSplit } from "./prepared_split.ts";
import { type CropBoxes, cropImages, type RandomCrop, requireCrop } from "./random_crop.ts";
import { type Shard, shardIndices, unsharded } from "./shard.ts";

export type { CropBoxes, RandomCrop };

/** A batch of images of one size, ready for the engine. */
export interface Batch {
  /** The number of images. */
  readonly length: number;
  /** Height and width of every image in pixels. */
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The class index of every image. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** The index of every image in the prepared split. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** Images in the whole batch; more than `length` if this is one worker's shard of it. */
  readonly globalBatchSize: number;
  /**
   * True if the batch has fewer images than there are workers and none for this one: its only image is
   * a copy of another worker's and must get weight 0.
   */
  readonly isPadding: boolean;
  /** The pass over the split that it belongs to, if that is shuffled. */
  readonly pass?: { readonly seed: number; readonly epoch: number };
  /** The boxes of random crops that are still to be resized. */
  readonly crops?: CropBoxes;
}

/** How {@linkcode batches} makes batches. */
export interface BatchOptions {
  /** Images per batch. */
  readonly batchSize: number;
  /** The seed of the order and of the crops; 1 by default. */
  readonly seed?: number;
  /** Shuffles the images by seed and epoch; without it they keep the split's order. */
  readonly epoch?: number;
  /** Batches to skip at the start, to resume a pass in the middle; 0 by default. */
  readonly skip?: number;
  /** Drops a last batch that is smaller than the others; `false` by default. */
  readonly dropLast?: boolean;
  /** Takes only this shard of every batch; see {@linkcode Batch.isPadding} for an empty one. */
  readonly shard?: Shard;
  /** Crops images of any shape; without it, all images must be squares of one size. */
  readonly crop?: RandomCrop;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
}

/**
 * Makes one pass over a split in batches. While a batch is in use, the next one is prepared.
 *
 * @throws {OptionError} If the batch size or the crop is not allowed, or the images without a crop are
 *   not squares of one size.
 * @throws The signal's reason if it aborts.
 *
 * @example
 * ```ts
 * import { batches, loadDataset, prepareImages } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10", { perClass: 2 });
 * await using prepared = await prepareImages(train, { mode: "stretch", size: 32 });
 * for await (const { pixels, labels } of batches(prepared, { batchSize: 8, seed: 42, epoch: 1 })) {
 *   console.assert(pixels.length === labels.length * 32 * 32 * 3);
 * }
 * ```
 */
export async function* batches(
  split: PreparedSplit,
  options: BatchOptions,
): AsyncGenerator<Batch, void, void> {
  const { batchSize, seed = 1, epoch, skip = 0, dropLast = false, crop, signal } = options;
  const { shard = unsharded } = options;
  requirePositiveInteger("batchSize", batchSize);
  if (crop) requireCrop(crop);
  const order = epoch === undefined
    ? Uint32Array.from(split.labels.keys())
    : shuffledIndices(split.length, seed, epoch);
  const count = countBatches(split.length, { batchSize, dropLast });
  const make = (number: number): Promise<Batch> | undefined => {
    if (number >= count) return undefined;
    const all = order.slice(number * batchSize, (number + 1) * batchSize);
    const positions = shardIndices(all.length, shard);
    const isPadding = positions.length === 0;
    const indices = Uint32Array.from(isPadding ? [0] : positions, (position) => all[position]!);
    const join = (images: readonly Image[]): ReturnType<typeof cropImages> =>
      crop
        ? cropImages(images, crop, (at) => randomStream("crop", seed, epoch ?? 0, indices[at]!))
        : joinImages(images);
    const batch = makeBatch(
      split,
      {
        ...{ indices, globalBatchSize: all.length, isPadding },
        ...(epoch === undefined ? {} : { pass: { seed, epoch } }),
      },
      join,
    );
    // A caller that stops early never awaits the next batch; its failure must not be unhandled then.
    batch.catch(() => {});
    return batch;
  };
  let next = make(skip);
  for (let number = skip; next; number++) {
    signal?.throwIfAborted();
    const batch = await next;
    next = make(number + 1);
    yield batch;
  }
}

/** Returns the number of batches that {@linkcode batches} makes of `length` images. */
export function countBatches(
  length: number,
  options: { batchSize: number; dropLast?: boolean },
): number {
  return (options.dropLast ? Math.floor : Math.ceil)(length / options.batchSize);
}

async function makeBatch(
  split: PreparedSplit,
  selection: Pick<Batch, "indices" | "globalBatchSize" | "isPadding" | "pass">,
  join: (images: readonly Image[]) => Pick<Batch, "size" | "pixels" | "crops">,
): Promise<Batch> {
  const { indices } = selection;
  const images = await Promise.all(Array.from(indices, (index) => split.image(index)));
  const labels = Uint16Array.from(indices, (index) => split.labels[index] ?? 0);
  return { length: images.length, ...join(images), labels, ...selection };
}

function joinImages(images: readonly Image[]): Pick<Batch, "size" | "pixels"> {
  const size = images[0]?.width ?? 0;
  const pixels = new Uint8Array(images.length * size * size * 3);
  images.forEach(({ width, height, data }, position) => {
    if (width !== size || height !== size) {
      throw new OptionError(
        `without a crop, images must be squares of one size, ${size}. Received: ${width} × ${height}`,
      );
    }
    pixels.set(data, position * data.length);
  });
  return { size, pixels };
}

/**
 * Returns the order in which an epoch visits the samples: a permutation of `0 … length - 1` that
 * depends only on seed and epoch, on every machine.
 *
 * @example
 * ```ts
 * import { shuffledIndices } from "./batches.ts";
 *
 * shuffledIndices(5, 42, 1); // the numbers 0 to 4, shuffled
 * ```
 */
export function shuffledIndices(
  length: number,
  seed: number,
  epoch: number,
): Uint32Array<ArrayBuffer> {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  shuffle(indices, randomStream("order", seed, epoch));
  return indices;
}
