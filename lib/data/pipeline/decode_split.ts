import { hash } from "node:crypto";
import type { OnActivity } from "../../display/activity.ts";
import { BrokenImageError, type Image, type Resize, type Split } from "../dataset.ts";
import type { ImageStore } from "../images/pixel_store.ts";

/** A file that was left out because it cannot be decoded. */
export interface BrokenFile {
  /** The path inside the data set. */
  readonly path: string;
  /** Why it cannot be decoded. */
  readonly reason: string;
}

/** How the images of a split are decoded. */
export interface DecodeOptions {
  /** Images decoded at once; by default the number of cores and two more, and many of drawn ones. */
  readonly concurrency?: number;
  /** Called after each image. */
  readonly onProgress?: OnActivity;
  /** Stops between two images. */
  readonly signal?: AbortSignal;
}

/**
 * Computes the digests, as in `PreparedSplit.imageDigests`, of the images of a split at a size, without keeping
 * the images. Broken images have the digest 0.
 */
export async function digestImages(
  split: Split,
  resize: Resize,
  options: DecodeOptions = {},
): Promise<BigUint64Array<ArrayBuffer>> {
  const digests = new Map<number, string>();
  const store = { add: () => Promise.resolve() };
  await decodeAll(split, resize, withDigests(store, digests), options);
  return BigUint64Array.from({ length: split.length }, (_, at) => shortDigest(digests.get(at)));
}

/** Decodes several images at once into the store; returns the broken files by sample. */
export async function decodeAll(
  split: Split,
  resize: Resize,
  store: Pick<ImageStore, "add">,
  options: DecodeOptions,
): Promise<Map<number, BrokenFile>> {
  const { signal, onProgress, concurrency = usefulConcurrency(split) } = options;
  const broken = new Map<number, BrokenFile>();
  const activity = { verb: split.drawnAs === undefined ? "Reading" : "Drawing", unit: "images" };
  let [next, done, failed] = [0, 0, false];
  const decodeSome = async (): Promise<void> => {
    while (next < split.length && !failed) {
      signal?.throwIfAborted();
      const index = next++;
      try {
        await store.add(index, await split.image(index, resize));
      } catch (error) {
        if (!(error instanceof BrokenImageError)) {
          failed = true;
          throw error;
        }
        broken.set(index, { path: error.path, reason: error.reason });
      }
      onProgress?.(++done, split.length, activity);
    }
  };
  // Waits for all even if one fails, so that none writes to a store that is being closed.
  const results = await Promise.allSettled(Array.from({ length: concurrency }, decodeSome));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return broken;
}

/**
 * As many as there are cores, and two more that wait for the disk or for this thread, so that no core waits for
 * them. Drawn images are requested in greater number, because workers get them in groups.
 */
function usefulConcurrency({ drawnAs }: Split): number {
  const cores = navigator.hardwareConcurrency;
  return drawnAs === undefined ? cores + 2 : 16 * Math.min(4, cores);
}

/** Adds images to a store, and records a digest of each: its size and the SHA-256 of its pixels. */
export function withDigests(
  store: Pick<ImageStore, "add">,
  digests: Map<number, string>,
): Pick<ImageStore, "add"> {
  return {
    add: (index, image) => {
      const { width, height, data } = image;
      digests.set(index, `${width}×${height} ${hash("sha256", data)}`);
      return store.add(index, image);
    },
  };
}

/** The digest of an image's pixels, as in `PreparedSplit.imageDigests`. */
export function pixelDigest({ data }: Image): bigint {
  return BigInt(`0x${hash("sha256", data).slice(0, 16)}`);
}

/** The first 8 bytes of a digest that {@linkcode withDigests} made; 0 without one. */
export function shortDigest(digest: string | undefined): bigint {
  return digest === undefined ? 0n : BigInt(`0x${digest.split(" ")[1]!.slice(0, 16)}`);
}
