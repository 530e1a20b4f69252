import type { PreparedSplit } from "./cache.ts";
import type { Picture } from "./dataset.ts";
import { order } from "./order.ts";
import { type Part, placesOf, wholeBatch } from "./part.ts";
import { randomStream } from "../random/stream.ts";
import { cropPictures, type Crops, type RandomCrop, requireCrop } from "./random_crop.ts";
import { requireWhole } from "./require_whole.ts";

export type { Crops, RandomCrop };

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
  /** How many pictures the whole batch has, of which these may be a worker's part. */
  readonly of: number;
  /** Whether the one picture is another worker's as well: there are fewer than workers. */
  readonly isStandIn: boolean;
  /** Where random crops are to be resized: their boxes. */
  readonly crops?: Crops;
}

/** How {@linkcode batches} makes batches. */
export interface BatchOptions {
  readonly batchSize: number;
  /** With an epoch, decides the order; without one, the pictures keep the split's. */
  readonly seed?: number;
  /** The epoch, or the pass, that is being made; it makes orders and crops differ. */
  readonly epoch?: number;
  /** Batches that are left out at the start: a pass that goes on there. */
  readonly skip?: number;
  /** Leaves a last, smaller batch out; `false` by default. */
  readonly dropLast?: boolean;
  /** Only these pictures of every batch; where there is none, its first one stands in. */
  readonly part?: Part;
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
  const { batchSize, seed = 1, epoch, skip = 0, dropLast = false, crop, signal } = options;
  const { part = wholeBatch } = options;
  requireWhole("batchSize", batchSize);
  if (crop) requireCrop(crop);
  const visited = epoch === undefined
    ? Uint32Array.from(split.labels.keys())
    : order(split.length, seed, epoch);
  const count = countBatches(split.length, { batchSize, dropLast });
  const make = (number: number): Promise<Batch> | undefined => {
    if (number >= count) return undefined;
    const all = visited.slice(number * batchSize, (number + 1) * batchSize);
    const own = placesOf(all.length, part);
    const isStandIn = own.length === 0;
    const indices = Uint32Array.from(isStandIn ? [0] : own, (place) => all[place]!);
    const join = (pictures: readonly Picture[]): ReturnType<typeof cropPictures> =>
      crop
        ? cropPictures(pictures, crop, (at) => randomStream("crop", seed, epoch ?? 0, indices[at]!))
        : joinPictures(pictures);
    const batch = makeBatch(split, { indices, of: all.length, isStandIn }, join);
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

/** How many batches {@linkcode batches} makes of `length` pictures. */
export function countBatches(
  length: number,
  options: { batchSize: number; dropLast?: boolean },
): number {
  return (options.dropLast ? Math.floor : Math.ceil)(length / options.batchSize);
}

async function makeBatch(
  split: PreparedSplit,
  chosen: Pick<Batch, "indices" | "of" | "isStandIn">,
  join: (pictures: readonly Picture[]) => Pick<Batch, "size" | "pixels" | "crops">,
): Promise<Batch> {
  const { indices } = chosen;
  const pictures = await Promise.all(Array.from(indices, (index) => split.picture(index)));
  const labels = Uint16Array.from(indices, (index) => split.labels[index] ?? 0);
  return { length: pictures.length, ...join(pictures), labels, ...chosen };
}

function joinPictures(pictures: readonly Picture[]): Pick<Batch, "size" | "pixels"> {
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
  return { size, pixels };
}
