import { BrokenImageError, type Image, type Resize, type Split } from "../dataset.ts";
import type { ImageStore } from "../images/pixel_store.ts";
import { decodeAll, withDigests } from "./decode_split.ts";
import { type PreparedSplit, preparedSplit, prepareImages } from "./prepared_split.ts";
import { watchValues } from "./value_ranges.ts";

/** An image and its index in the split. */
export type DecodedSample = readonly [sample: number, image: Image];

/** Images that are decoded while a network predicts those before them. `await using` ends it. */
export interface Decoding extends AsyncDisposable {
  /** The readable images, in order. They are taken once; who stops before the end ends the decoding. */
  readonly images: AsyncGenerator<DecodedSample, void, void>;
  /** What is known of all images, once the last is decoded. */
  readonly prepared: Promise<PreparedSplit>;
}

/** How {@linkcode decodeAhead} works. */
export interface DecodeAheadOptions {
  /** The number of images that are decoded before the first of them is taken. */
  readonly ahead: number;
  /** Whether `prepared` keeps the images, in memory or on disk. Otherwise it has none. */
  readonly keep: boolean;
  readonly signal?: AbortSignal;
}

/** Begins to decode the images of a split, several at once, and no more ahead of their use than asked. */
export function decodeAhead(
  split: Split,
  resize: Resize,
  { ahead, keep, signal }: DecodeAheadOptions,
): Decoding {
  const stop = new AbortController();
  const decoded = new Map<number, Image | undefined>();
  let taken = 0;
  let moved = Promise.withResolvers<void>();
  /** Lets all that wait look again. */
  const move = (): void => {
    moved.resolve();
    moved = Promise.withResolvers();
  };
  const watched: Split = {
    ...split,
    image: async (index, size) => {
      while (index >= taken + ahead && !stop.signal.aborted) await moved.promise;
      try {
        const image = await split.image(index, size);
        decoded.set(index, image);
        return image;
      } catch (error) {
        if (error instanceof BrokenImageError) decoded.set(index, undefined);
        throw error;
      } finally {
        move();
      }
    },
  };
  const options = { signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal };
  const decode = keep ? prepareImages : decodeOnly;
  const prepared = decode(watched, resize, options).then(disposedOnce);
  let failure: { readonly error: unknown } | undefined;
  prepared.catch((error) => {
    failure = { error };
    move();
  });
  async function* images(): AsyncGenerator<DecodedSample, void, void> {
    try {
      for (; taken < split.length; move()) {
        while (!decoded.has(taken) && !failure) await moved.promise;
        if (failure) throw failure.error;
        const image = decoded.get(taken);
        decoded.delete(taken);
        if (image) yield [taken, image];
        taken++;
      }
    } finally {
      end();
    }
  }
  const end = (): void => {
    stop.abort();
    move();
  };
  return {
    ...{ images: images(), prepared },
    [Symbol.asyncDispose]: async () => {
      end();
      await prepared.then((images) => images.dispose(), () => {});
    },
  };
}

/** The same images, which may be disposed of twice. */
function disposedOnce(images: PreparedSplit): PreparedSplit {
  let disposing: Promise<void> | undefined;
  const dispose = (): Promise<void> => disposing ??= images.dispose();
  return { ...images, dispose, [Symbol.asyncDispose]: dispose };
}

/** Decodes all images, and keeps only their digests and faults. */
async function decodeOnly(
  split: Split,
  resize: Resize,
  options: { readonly signal: AbortSignal },
): Promise<PreparedSplit> {
  const digests = new Map<number, string>();
  const values = watchValues(split);
  const broken = await decodeAll(values.split, resize, withDigests(nothing, digests), options);
  const { warnings } = values;
  return { ...preparedSplit(split, nothing, { broken, digests }), warnings: warnings() };
}

const nothing: ImageStore = {
  has: () => false,
  add: () => Promise.resolve(),
  image: (): never => {
    throw new Error("these images are not kept");
  },
  dispose: () => Promise.resolve(),
};
