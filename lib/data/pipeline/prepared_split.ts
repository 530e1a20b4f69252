import { join } from "@std/path";
import { hash } from "node:crypto";
import { totalmem } from "node:os";
import type { ClassLabel, Image, Resize, Split } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { diskStore, type ImageStore, memoryStore } from "../images/pixel_store.ts";
import {
  type BrokenFile,
  decodeAll,
  type DecodeOptions,
  shortDigest,
  withDigests,
} from "./decode_split.ts";
import { drawnFile } from "./drawn_file.ts";
import { watchValues } from "./value_ranges.ts";

/** The readable images of a split, decoded, resized and renumbered from 0. `await using` disposes it. */
export interface PreparedSplit extends AsyncDisposable {
  /** The number of images. */
  readonly length: number;
  /** The class index of every image. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** The index of every image in the split it was prepared from. */
  readonly samples: Uint32Array<ArrayBuffer>;
  /**
   * The images that stand for all in statistics, where images are decoded as they are used
   * ({@linkcode streamImages}); by default all do.
   */
  readonly statisticsSample?: Uint32Array<ArrayBuffer>;
  /**
   * SHA-256 over all images and labels in order: splits with equal digests have equal content. With a
   * `statisticsSample` it is over all paths and labels, and the pixels of the sample, and says so.
   */
  readonly digest: string;
  /**
   * The first 8 bytes of each image's SHA-256: images with equal ones have equal pixels. Empty with a
   * `statisticsSample`: the others are not known.
   */
  readonly imageDigests: BigUint64Array<ArrayBuffer>;
  /** The files that could not be decoded, in the split's order; with a `statisticsSample`, so far. */
  readonly broken: readonly BrokenFile[];
  /** The class index of each broken file. */
  readonly brokenLabels: Uint16Array<ArrayBuffer>;
  /** What is odd about the images' values, one line each; see {@linkcode watchValues}. */
  readonly warnings: readonly string[];
  /** Where an image comes from, see {@linkcode Split}. */
  path(index: number): string;
  /** Returns an image, as a promise if it is read from disk. */
  image(index: number): Image | Promise<Image>;
  /** Frees the images' memory or deletes their file. */
  dispose(): Promise<void>;
}

/** How {@linkcode prepareImages} works. */
export interface PrepareOptions extends DecodeOptions {
  /** Splits that take more bytes than this are kept on disk; {@linkcode memoryLimit} by default. */
  readonly memoryLimit?: number;
  /**
   * The folder of the files of raw pixels, for splits on disk and for drawn ones; `data/cache` by default.
   */
  readonly cacheDirectory?: string;
  /** Called with one line if the file of a drawn split is damaged or cannot be written. */
  readonly onMessage?: (line: string) => void;
}

/** The default limit for images in memory, in bytes: a quarter of the machine's memory, at most 4 GiB. */
export function memoryLimit(): number {
  return Math.min(totalmem() / 4, 4 * 2 ** 30);
}

/**
 * Decodes and resizes all images of a split once, before the first epoch. Broken files are left out and
 * listed in `broken`. The caller disposes the result.
 *
 * The images of a split that is drawn, such as those of drawn10, are kept in `cacheDirectory`: later calls
 * read them there.
 *
 * @throws The signal's reason if it aborts, and any other error than {@linkcode BrokenImageError}.
 *
 * @example
 * ```ts
 * import { loadDataset, prepareImages } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10", { perClass: 2 });
 * await using prepared = await prepareImages(train, { mode: "stretch", size: 32 });
 * console.assert(prepared.length === 20 && prepared.broken.length === 0);
 * ```
 */
export async function prepareImages(
  split: Split,
  resize: Resize,
  options: PrepareOptions = {},
): Promise<PreparedSplit> {
  const inMemory = expectedBytes(split, resize) <= (options.memoryLimit ?? memoryLimit());
  const { cacheDirectory = "data/cache", signal, onMessage } = options;
  const drawn = inMemory
    ? drawnFile(split, resize, join(cacheDirectory, "drawn"), onMessage)
    : undefined;
  const kept = await drawn?.read(signal);
  const store = inMemory ? memoryStore() : await diskStore(split.length, cacheDirectory);
  try {
    const digests = new Map<number, string>();
    const values = watchValues(kept ? splitOf(split, kept) : split);
    const broken = await decodeAll(values.split, resize, withDigests(store, digests), options);
    if (drawn && !kept && broken.size === 0) {
      const indices = Array.from({ length: split.length }, (_, index) => index);
      await drawn.write(await Promise.all(indices.map((index) => store.image(index))));
    }
    return { ...preparedSplit(split, store, { broken, digests }), warnings: values.warnings() };
  } catch (error) {
    await store.dispose();
    throw error;
  }
}

/** The same split with images that were drawn before. */
function splitOf(split: Split, images: readonly Image[]): Split {
  return { ...split, drawnAs: undefined, image: (index) => Promise.resolve(images[index]!) };
}

/**
 * Checks that every class has a readable training image.
 *
 * @throws {DataError} If a class has none; the error names the class and its first broken file.
 */
export function requireClasses(train: PreparedSplit, classes: readonly ClassLabel[]): void {
  const labels = new Set(train.labels);
  classes.forEach(({ id, name }, label) => {
    if (labels.has(label)) return;
    const title = id === name ? id : `${id} (${name})`;
    const first = train.broken[train.brokenLabels.indexOf(label)];
    throw new DataError(
      `The class ${title} has no readable training image` +
        (first ? `. The first: ${first.path}: ${first.reason}` : ""),
    );
  });
}

export function preparedSplit(
  split: Split,
  store: ImageStore,
  { broken, digests }: {
    readonly broken: ReadonlyMap<number, BrokenFile>;
    readonly digests: ReadonlyMap<number, string>;
  },
): Omit<PreparedSplit, "warnings"> {
  const samples = Uint32Array.from(
    Array.from(split.labels.keys()).filter((index) => !broken.has(index)),
  );
  const brokenInOrder = [...broken].sort(([one], [other]) => one - other);
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
    imageDigests: BigUint64Array.from(samples, (sample) => shortDigest(digests.get(sample))),
    broken: brokenInOrder.map(([, file]) => file),
    brokenLabels: Uint16Array.from(brokenInOrder, ([sample]) => split.labels[sample] ?? 0),
    path: (index) => split.path(sampleAt(index)),
    image: (index) => store.image(sampleAt(index)),
    dispose: () => store.dispose(),
    [Symbol.asyncDispose]: () => store.dispose(),
  };
}

/** Estimates the bytes of the prepared images; those that keep their aspect ratio are mostly 4:3 or 3:2. */
export function expectedBytes(split: Split, { mode, size }: Resize): number {
  return split.length * size * size * 3 * (mode === "shortest-side" ? 1.5 : 1);
}
