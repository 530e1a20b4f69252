import { createHash, hash } from "node:crypto";
import { BrokenImageError, type Image, type Resize, type Split } from "../dataset.ts";
import { DataError } from "../errors.ts";
import type { ImageStore } from "../images/pixel_store.ts";
import { subset } from "../subset.ts";
import type { BrokenFile } from "./decode_split.ts";
import { checkFirstImages, firstOfEachClass } from "./first_images.ts";
import { limiter } from "./limiter.ts";
import type { PreparedSplit, PrepareOptions } from "./prepared_split.ts";
import { readImages } from "./read_images.ts";
import { streamStore, type StreamStoreOptions } from "./stream_store.ts";
import { watchValues } from "./value_ranges.ts";

/** As many images stand for all: their mean color is known to about one of 255 values. */
export const statisticsSampleSize = 1024;

/** As many broken files are told; the further ones are only listed. */
const maxTold = 3;

/** How {@linkcode streamImages} works. */
export interface StreamOptions extends Omit<PrepareOptions, "memoryLimit">, StreamStoreOptions {
  /** How many images stand for all; {@linkcode statisticsSampleSize} by default. */
  readonly sample?: number;
}

/** Whether the samples of a split are image files, which can be decoded in any order. */
export function isOfFiles(split: Split): boolean {
  return split.drawnAs === undefined && split.length > 0 && split.file?.(0) !== undefined;
}

/**
 * Prepares a split whose images are decoded when they are first used, so that a training of any number of files
 * starts at once. Only evenly spaced images, and the first readable one of each class, are decoded before it
 * returns; of more classes than `sample` the files of the further first images are only looked through, for a
 * missing end or other content. The caller disposes the result.
 *
 * Decoded images are kept on disk if all of them fit into half of its free space and `passes` is above 1.
 * Otherwise each use decodes.
 *
 * A file that turns out to be broken is replaced by the next readable image of its class, in the split's order
 * and from its start again. That depends on the files alone, so that every pass and every process has the same
 * images.
 *
 * @throws {DataError} If a class has no readable image; later also from `image()`.
 * @throws The signal's reason if it aborts, and any other error than {@linkcode BrokenImageError}.
 *
 * @example
 * ```ts
 * import { batches, loadDataset, streamImages } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10", { perClass: 2 });
 * await using streamed = await streamImages(train, { mode: "stretch", size: 32 });
 * for await (const { length } of batches(streamed, { batchSize: 10 })) console.assert(length === 10);
 * ```
 */
export async function streamImages(
  split: Split,
  resize: Resize,
  options: StreamOptions = {},
): Promise<PreparedSplit> {
  const { sample = statisticsSampleSize, what = "images", onProgress, signal } = options;
  const { onMessage = () => {} } = options;
  const store = await streamStore(split, resize, options);
  const source = readableImages(split, resize, { ...options, store });
  try {
    const spaced = evenlySpaced(split.length, sample);
    const firsts = firstOfEachClass(split.labels);
    const total = spaced.length + firsts.length;
    const activity = { verb: "Reading", unit: "images" };
    let done = 0;
    const advance = (): void => {
      signal?.throwIfAborted();
      onProgress?.(++done, total, activity);
    };
    if (firsts.length > sample && split.file?.(0) !== undefined) {
      onMessage(
        `of the first ${what} of ${
          firsts.length.toLocaleString("en-US")
        } classes ${sample} are decoded; ` +
          "the files of the others are only looked through",
      );
    }
    const { image, dispose } = source;
    for await (const _ of checkFirstImages(split, firsts, { sample, image })) advance();
    const watched = watchValues({
      ...subset(split, [...spaced]),
      image: (at) => source.image(spaced[at]!),
    });
    const digest = digestOfNames(split);
    const decode = { image: (at: number) => watched.split.image(at, resize) };
    for await (const { width, height, data } of readImages(decode, spaced.keys())) {
      digest.update(`${width}×${height} ${hash("sha256", data)}\n`);
      advance();
    }
    return {
      ...{ image, dispose },
      length: split.length,
      labels: split.labels,
      samples: Uint32Array.from({ length: split.length }, (_, at) => at),
      statisticsSample: spaced,
      digest: `sample of ${spaced.length}: ${digest.digest("hex")}`,
      imageDigests: new BigUint64Array(),
      get broken() {
        return source.broken;
      },
      get brokenLabels() {
        return source.brokenLabels;
      },
      warnings: watched.warnings(),
      path: (index) => split.path(index),
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await source.dispose();
    throw error;
  }
}

/** The images of a split, decoded at first use, and what is known of its broken files. */
type ReadableImages =
  & Pick<PreparedSplit, "broken" | "brokenLabels" | "dispose">
  & { readonly image: (index: number) => Promise<Image> };

function readableImages(
  split: Split,
  resize: Resize,
  {
    store,
    onMessage = () => {},
    what = "images",
    concurrency = Math.max(2, navigator.hardwareConcurrency),
  }:
    & StreamOptions
    & { readonly store: ImageStore | undefined },
): ReadableImages {
  const broken = new Map<number, BrokenFile>();
  const limit = limiter(concurrency);
  const running = new Set<Promise<unknown>>();
  let keeps = store !== undefined;
  const keep = async (index: number, image: Image): Promise<void> => {
    if (!keeps) return;
    try {
      await store!.add(index, image);
    } catch (error) {
      if (keeps) onMessage(`no more ${what} are kept on disk: ${(error as Error).message}`);
      keeps = false;
    }
  };
  const addBroken = (index: number, { path, reason }: BrokenImageError): void => {
    if (broken.has(index)) return;
    broken.set(index, { path, reason });
    if (broken.size > maxTold) return;
    onMessage(
      `${path} cannot be decoded (${reason}): the next readable image of its class takes its place` +
        (broken.size === maxTold ? "; further ones of such files are only recorded" : ""),
    );
  };
  /** The image of a file; nothing if it is broken. */
  const read = async (index: number): Promise<Image | undefined> => {
    if (broken.has(index)) return undefined;
    if (store?.has(index)) return await store.image(index);
    try {
      return await limit(async () => {
        const image = await split.image(index, resize);
        await keep(index, image);
        return image;
      });
    } catch (error) {
      if (!(error instanceof BrokenImageError)) throw error;
      addBroken(index, error);
      return undefined;
    }
  };
  const readFrom = async (index: number): Promise<Image> => {
    for (let at = index;;) {
      const image = await read(at);
      if (image) return image;
      at = nextOfClass(split.labels, at);
      if (at === index) throw noneReadable(what, broken.get(index)!);
    }
  };
  const inOrder = (): number[] => [...broken.keys()].sort((one, other) => one - other);
  return {
    image: (index) => {
      if (!(index >= 0 && index < split.length)) {
        throw new RangeError(`image must be 0 to ${split.length - 1}. Received: ${index}`);
      }
      const image = readFrom(index);
      running.add(image);
      const forget = (): boolean => running.delete(image);
      image.then(forget, forget);
      return image;
    },
    get broken() {
      return inOrder().map((index) => broken.get(index)!);
    },
    get brokenLabels() {
      return Uint16Array.from(inOrder(), (index) => split.labels[index]!);
    },
    dispose: async () => {
      // A batch that was prepared ahead may still be written.
      await Promise.allSettled(running);
      await store?.dispose();
    },
  };
}

function noneReadable(what: string, { path, reason }: BrokenFile): DataError {
  return new DataError(
    `A class has no readable image among the ${what}. The first: ${path}: ${reason}`,
  );
}

/** The next sample of the same class, after the last one the first. */
function nextOfClass(labels: Uint16Array, index: number): number {
  const next = labels.indexOf(labels[index]!, index + 1);
  return next < 0 ? labels.indexOf(labels[index]!) : next;
}

function evenlySpaced(length: number, most: number): Uint32Array<ArrayBuffer> {
  const count = Math.min(length, most);
  return Uint32Array.from({ length: count }, (_, at) => Math.floor(at * length / count));
}

/** Begins a digest with all labels and paths. */
function digestOfNames({ length, labels, path }: Split): ReturnType<typeof createHash> {
  const digest = createHash("sha256");
  let lines = "";
  for (let index = 0; index < length; index++) {
    lines += `${JSON.stringify([labels[index], path(index)])}\n`;
    // Many at once: each call takes longer than a name.
    if (index % 1000 === 999 || index === length - 1) {
      digest.update(lines);
      lines = "";
    }
  }
  return digest;
}
