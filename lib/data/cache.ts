import { hash } from "node:crypto";
import { totalmem } from "node:os";
import {
  BrokenImageError,
  type ClassLabel,
  type Fit,
  type Picture,
  type Split,
} from "./dataset.ts";
import { DataError } from "./errors.ts";
import { diskStore, memoryStore, type PictureStore } from "./picture_store.ts";

/** A file that was left out, and why. */
export interface BrokenFile {
  readonly path: string;
  readonly reason: string;
}

/** A split whose readable pictures are all decoded and brought to one fit, numbered anew from 0. */
export interface PreparedSplit {
  readonly length: number;
  /** The class index of every picture. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** Each picture's number in the split it was prepared from. */
  readonly samples: Uint32Array<ArrayBuffer>;
  /** Of all pictures and their labels, in order: splits with the same one are the same. */
  readonly digest: string;
  /** The files that could not be decoded, in the split's order. */
  readonly broken: readonly BrokenFile[];
  path(index: number): string;
  /** At once from memory, or soon from disk. */
  picture(index: number): Picture | Promise<Picture>;
  /** Frees the memory or the file; the pictures are gone. */
  dispose(): Promise<void>;
}

/** How {@linkcode preparePictures} works. */
export interface PrepareOptions {
  /** Pictures that would take more bytes are kept on disk; by default {@linkcode memoryLimit}. */
  readonly memoryLimit?: number;
  /** Where pictures on disk are kept: raw, in one file; `data/cache` by default. */
  readonly cacheDirectory?: string;
  /** Pictures decoded at once; by default the processor's cores, and two at least. */
  readonly concurrency?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Bytes of pictures kept in memory unless asked otherwise: a quarter of the machine's, at most 4 GiB. */
export function memoryLimit(): number {
  return Math.min(totalmem() / 4, 4 * 2 ** 30);
}

/**
 * Decodes all pictures of a split, once, so that epochs need not. Broken files are left out and
 * listed.
 *
 * @throws The signal's reason when it aborts, and any error but {@linkcode BrokenImageError}.
 *
 * @example
 * ```ts ignore
 * const prepared = await preparePictures(dataset.train, { mode: "squash", size: 224 });
 * for (const { path, reason } of prepared.broken) warn(`${path}: ${reason}`);
 * ```
 */
export async function preparePictures(
  split: Split,
  fit: Fit,
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
 * Makes sure that every class has a picture left to learn from.
 *
 * @throws {DataError} Naming a class of which all training images are broken.
 */
export function requireClasses(train: PreparedSplit, classes: readonly ClassLabel[]): void {
  const seen = new Set(train.labels);
  classes.forEach(({ id, name }, label) => {
    if (seen.has(label)) return;
    const title = id === name ? id : `${id} (${name})`;
    throw new DataError(`The class ${title} has no readable training image`);
  });
}

/** Decodes with several pictures under way; returns why each broken sample is broken. */
async function decodeAll(
  split: Split,
  fit: Fit,
  store: PictureStore,
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
        await store.add(index, await split.picture(index, fit));
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

/** A store that takes a digest of each picture on its way. */
function withDigests(store: PictureStore, digests: Map<number, string>): PictureStore {
  return {
    ...store,
    add: (index, picture) => {
      const { width, height, data } = picture;
      digests.set(index, `${width}×${height} ${hash("sha256", data)}`);
      return store.add(index, picture);
    },
  };
}

function preparedSplit(
  split: Split,
  store: PictureStore,
  { reasons: broken, digests }: {
    readonly reasons: ReadonlyMap<number, BrokenFile>;
    readonly digests: ReadonlyMap<number, string>;
  },
): PreparedSplit {
  const samples = Uint32Array.from(
    Array.from(split.labels.keys()).filter((index) => !broken.has(index)),
  );
  const sampleAt = (index: number): number => {
    const sample = samples[index];
    if (sample !== undefined) return sample;
    throw new RangeError(`picture must be 0 to ${samples.length - 1}. Received: ${index}`);
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
    broken: [...broken].sort(([one], [other]) => one - other).map(([, file]) => file),
    path: (index) => split.path(sampleAt(index)),
    picture: (index) => store.picture(sampleAt(index)),
    dispose: () => store.dispose(),
  };
}

/** What the pictures will take; those left at their aspect ratio are mostly 4:3 or 3:2. */
function expectedBytes(split: Split, { mode, size }: Fit): number {
  return split.length * size * size * 3 * (mode === "shortest" ? 1.5 : 1);
}
