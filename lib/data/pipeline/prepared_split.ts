import { hash } from "node:crypto";
import { totalmem } from "node:os";
import {
  BrokenImageError,
  type ClassLabel,
  type Image,
  type Resize,
  type Split,
} from "../dataset.ts";
import { DataError } from "../errors.ts";
import { diskStore, type ImageStore, memoryStore } from "../images/pixel_store.ts";

/** A file that was left out, and why. */
export interface BrokenFile {
  readonly path: string;
  readonly reason: string;
}

/** A split whose readable images are all decoded and brought to one fit, numbered anew from 0. */
export interface PreparedSplit {
  readonly length: number;
  /** The class index of every image. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** Each image's number in the split it was prepared from. */
  readonly samples: Uint32Array<ArrayBuffer>;
  /** Of all images and their labels, in order: splits with the same one are the same. */
  readonly digest: string;
  /** The files that could not be decoded, in the split's order. */
  readonly broken: readonly BrokenFile[];
  /** The class index of each of them. */
  readonly brokenLabels: Uint16Array<ArrayBuffer>;
  path(index: number): string;
  /** At once from memory, or soon from disk. */
  image(index: number): Image | Promise<Image>;
  /** Frees the memory or the file; the images are gone. */
  dispose(): Promise<void>;
}

/** How {@linkcode prepareImages} works. */
export interface PrepareOptions {
  /** Images that would take more bytes are kept on disk; by default {@linkcode memoryLimit}. */
  readonly memoryLimit?: number;
  /** Where images on disk are kept: raw, in one file; `data/cache` by default. */
  readonly cacheDirectory?: string;
  /** Images decoded at once; by default the processor's cores, and two at least. */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Bytes of images kept in memory unless asked otherwise: a quarter of the machine's, at most 4 GiB. */
export function memoryLimit(): number {
  return Math.min(totalmem() / 4, 4 * 2 ** 30);
}

/**
 * Decodes all images of a split, once, so that epochs need not. Broken files are left out and
 * listed.
 *
 * @throws The signal's reason when it aborts, and any error but {@linkcode BrokenImageError}.
 *
 * @example
 * ```ts ignore
 * const prepared = await prepareImages(dataset.train, { mode: "stretch", size: 224 });
 * for (const { path, reason } of prepared.broken) warn(`${path}: ${reason}`);
 * ```
 */
export async function prepareImages(
  split: Split,
  fit: Resize,
  options: PrepareOptions = {},
): Promise<PreparedSplit> {
  const inMemory = expectedBytes(split, fit) <= (options.memoryLimit ?? memoryLimit());
  const store = inMemory ? memoryStore() : await diskStore(options.cacheDirectory ?? "data/cache");
  try {
    const digests = new Map<number, string>();
    const reasons = await decodeAll(split, fit, withDigests(store, digests), options);
    return preparedSplit(split, store, { reasons, digests });
  } catch (error) {
    await store.dispose();
    throw error;
  }
}

/**
 * Makes sure that every class has an image left to learn from.
 *
 * @throws {DataError} Naming a class of which all training images are broken, and why the first one is.
 */
export function requireClasses(train: PreparedSplit, classes: readonly ClassLabel[]): void {
  const seen = new Set(train.labels);
  classes.forEach(({ id, name }, label) => {
    if (seen.has(label)) return;
    const title = id === name ? id : `${id} (${name})`;
    const first = train.broken[train.brokenLabels.indexOf(label)];
    throw new DataError(
      `The class ${title} has no readable training image` +
        (first ? `. The first: ${first.path}: ${first.reason}` : ""),
    );
  });
}

/** Decodes with several images under way; returns why each broken sample is broken. */
async function decodeAll(
  split: Split,
  fit: Resize,
  store: ImageStore,
  options: PrepareOptions,
): Promise<Map<number, BrokenFile>> {
  const { signal, onProgress, concurrency = Math.max(2, navigator.hardwareConcurrency) } = options;
  const broken = new Map<number, BrokenFile>();
  let [next, done, failed] = [0, 0, false];
  const decodeSome = async (): Promise<void> => {
    while (next < split.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      try {
        await store.add(index, await split.image(index, fit));
      } catch (error) {
        if (!(error instanceof BrokenImageError)) {
          failed = true;
          throw error;
        }
        broken.set(index, { path: error.path, reason: error.reason });
      }
      onProgress?.(++done, split.length);
    }
  };
  // All are waited for also where one fails: none may write to a store that is being closed.
  const ends = await Promise.allSettled(Array.from({ length: concurrency }, decodeSome));
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  return broken;
}

/** A store that takes a digest of each image on its way. */
function withDigests(store: ImageStore, digests: Map<number, string>): ImageStore {
  return {
    ...store,
    add: (index, image) => {
      const { width, height, data } = image;
      digests.set(index, `${width}×${height} ${hash("sha256", data)}`);
      return store.add(index, image);
    },
  };
}

function preparedSplit(
  split: Split,
  store: ImageStore,
  { reasons: broken, digests }: {
    readonly reasons: ReadonlyMap<number, BrokenFile>;
    readonly digests: ReadonlyMap<number, string>;
  },
): PreparedSplit {
  const samples = Uint32Array.from(
    Array.from(split.labels.keys()).filter((index) => !broken.has(index)),
  );
  const left = [...broken].sort(([one], [other]) => one - other);
  const sampleAt = (index: number): number => {
    const sample = samples[index];
    if (sample !== undefined) return sample;
    throw new RangeError(`image must be 0 to ${samples.length - 1}. Received: ${index}`);
  };
  return {
    length: samples.length,
    labels: Uint16Array.from(samples, (sample) => split.labels[sample] ?? 0),
    samples,
    digest: hash(
      "sha256",
      JSON.stringify(
        Array.from(samples, (sample) => [split.labels[sample], digests.get(sample)]),
      ),
    ),
    broken: left.map(([, file]) => file),
    brokenLabels: Uint16Array.from(left, ([sample]) => split.labels[sample] ?? 0),
    path: (index) => split.path(sampleAt(index)),
    image: (index) => store.image(sampleAt(index)),
    dispose: () => store.dispose(),
  };
}

/** What the images will take; those left at their aspect ratio are mostly 4:3 or 3:2. */
function expectedBytes(split: Split, { mode, size }: Resize): number {
  return split.length * size * size * 3 * (mode === "shortest-side" ? 1.5 : 1);
}
