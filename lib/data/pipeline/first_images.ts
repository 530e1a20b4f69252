import type { Split } from "../dataset.ts";
import { findImageFault } from "../images/decode.ts";
import { readImages } from "./read_images.ts";

/** The first sample of each class, in the order in which classes begin. */
export function firstOfEachClass(labels: Uint16Array): number[] {
  const firsts = new Map<number, number>();
  labels.forEach((label, index) => firsts.has(label) || firsts.set(label, index));
  return [...firsts.values()];
}

/** How {@linkcode checkFirstImages} works. */
export interface CheckFirstOptions {
  /** How many of the images are decoded, evenly spaced; the files of the others are only looked through. */
  readonly sample: number;
  /** Decodes an image, or the next readable one of its class. */
  readonly image: (index: number) => Promise<unknown>;
}

/**
 * Checks that the given images can be read, and yields after each. Decoding takes ten times as long as looking
 * through a file, so that it would delay the first step of thousands of classes by minutes. An image whose file
 * has a fault is decoded in any case, as `image` then finds another one.
 */
export async function* checkFirstImages(
  split: Pick<Split, "file">,
  firsts: readonly number[],
  { sample, image }: CheckFirstOptions,
): AsyncGenerator<void, void, void> {
  const every = firsts.length / sample;
  const check = async (at: number): Promise<void> => {
    const index = firsts[at]!;
    const isSampled = every <= 1 || Math.floor(at / every) !== Math.floor((at - 1) / every);
    const file = isSampled ? undefined : split.file?.(index);
    if (file === undefined || await findImageFault(file) !== undefined) await image(index);
  };
  yield* readImages({ image: check }, firsts.keys());
}
