import { shuffledIndices } from "./shuffle.ts";
import { type Shard, shardIndices, unsharded } from "./shard.ts";
import { OptionError } from "../../errors.ts";
import type { PreparedSplit } from "./prepared_split.ts";
import type { Image } from "../dataset.ts";
import { randomStream } from "../../random/stream.ts";
import { type CropBoxes, cropImages, type RandomCrop, requireCrop } from "./random_crop.ts";
import { requirePositiveInteger } from "../../checks.ts";

export type { CropBoxes, RandomCrop };

/** Some images of one size, ready for the engine. */
export interface Batch {
  readonly length: number;
  /** Height and width of every image. */
  readonly size: number;
  /** RGB bytes, `[length, size, size, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
  /** The class index of every image. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** The images' numbers in the prepared split. */
  readonly indices: Uint32Array<ArrayBuffer>;
  /** How many images the whole batch has, of which these may be a worker's part. */
  readonly globalBatchSize: number;
  /** Whether the one image is another worker's as well: there are fewer than workers. */
  readonly isPadding: boolean;
  /** Where random crops are to be resized: their boxes. */
  readonly crops?: CropBoxes;
}

/** How {@linkcode batches} makes batches. */
export interface BatchOptions {
  readonly batchSize: number;
  /** With an epoch, decides the order; without one, the images keep the split's. */
  readonly seed?: number;
  /** The epoch, or the pass, that is being made; it makes orders and crops differ. */
  readonly epoch?: number;
  /** Batches that are left out at the start: a pass that goes on there. */
  readonly skip?: number;
  /** Leaves a last, smaller batch out; `false` by default. */
  readonly dropLast?: boolean;
  /** Only these images of every batch; where there is none, its first one stands in. */
  readonly shard?: Shard;
  /** Crops images of any shape; without it, all must be squares of one size. */
  readonly crop?: RandomCrop;
  readonly signal?: AbortSignal;
}

/**
 * One pass over a split in batches; while one is being used, the next is made.
 *
 * @throws {OptionError} For a batch size or a crop that is not possible.
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
  const { batchSize, seed = 1, epoch, skip = 0, dropLast = false, crop, signal } = options;
  const { shard: part = unsharded } = options;
  requirePositiveInteger("batchSize", batchSize);
  if (crop) requireCrop(crop);
  const visited = epoch === undefined
    ? Uint32Array.from(split.labels.keys())
    : shuffledIndices(split.length, seed, epoch);
  const count = countBatches(split.length, { batchSize, dropLast });
  const make = (number: number): Promise<Batch> | undefined => {
    if (number >= count) return undefined;
    const all = visited.slice(number * batchSize, (number + 1) * batchSize);
    const own = shardIndices(all.length, part);
    const isPadding = own.length === 0;
    const indices = Uint32Array.from(isPadding ? [0] : own, (place) => all[place]!);
    const join = (images: readonly Image[]): ReturnType<typeof cropImages> =>
      crop
        ? cropImages(images, crop, (at) => randomStream("crop", seed, epoch ?? 0, indices[at]!))
        : joinImages(images);
    const batch = makeBatch(
      split,
      { indices, globalBatchSize: all.length, isPadding },
      join,
    );
    // Whoever stops early never waits for the batch ahead; its failure then concerns nobody.
    batch.catch(() => {});
    return batch;
  };
  let ahead = make(skip);
  for (let number = skip; ahead; number++) {
    signal?.throwIfAborted();
    const batch = await ahead;
    ahead = make(number + 1);
    yield batch;
  }
}

/** How many batches {@linkcode batches} makes of `length` images. */
export function countBatches(
  length: number,
  options: { batchSize: number; dropLast?: boolean },
): number {
  return (options.dropLast ? Math.floor : Math.ceil)(length / options.batchSize);
}

async function makeBatch(
  split: PreparedSplit,
  chosen: Pick<Batch, "indices" | "globalBatchSize" | "isPadding">,
  join: (images: readonly Image[]) => Pick<Batch, "size" | "pixels" | "crops">,
): Promise<Batch> {
  const { indices } = chosen;
  const images = await Promise.all(Array.from(indices, (index) => split.image(index)));
  const labels = Uint16Array.from(indices, (index) => split.labels[index] ?? 0);
  return { length: images.length, ...join(images), labels, ...chosen };
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
