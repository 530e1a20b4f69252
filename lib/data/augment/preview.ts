import { tf } from "../../engine/tf.ts";
import { batches } from "../pipeline/batches.ts";
import { prepareImages } from "../pipeline/prepared_split.ts";
import type { Image, Split } from "../dataset.ts";
import { requirePositiveInteger } from "../../checks.ts";
import { subset } from "../subset.ts";
import { type Augmentation, cropFor, resizeFor } from "./augmentation.ts";
import type { ColourStatistics } from "./colors.ts";
import { makeAugment } from "./make_augment.ts";
import { resolveNormalisation } from "./normalize.ts";

/** How {@linkcode previewAugmentation} works. */
export interface PreviewOptions {
  readonly augmentation: Augmentation;
  /** The side of the network's input in pixels. */
  readonly size: number;
  /** How many variants. Default 8. */
  readonly count?: number;
  /** Default 1. */
  readonly seed?: number;
  /** What the training set's colours are like; needed for the paper's colour shift. */
  readonly colours?: ColourStatistics;
}

/**
 * Variants of one image as training would see them, before normalisation. The engine must be
 * ready.
 *
 * @param index The image's number in the split.
 * @throws {RangeError} For an augmentation that cannot be.
 *
 * @example
 * ```ts ignore
 * const options = { augmentation: articleAugmentation, size: 64 };
 * const variants = await previewAugmentation(dataset.train, 0, options);
 * ```
 */
export async function previewAugmentation(
  split: Split,
  index: number,
  { augmentation, size, count = 8, seed = 1, colours }: PreviewOptions,
): Promise<Image[]> {
  requirePositiveInteger("count", count);
  const augment = makeAugment(augmentation, resolveNormalisation("rescale"), colours);
  const fit = resizeFor(augmentation, { mode: "stretch", size });
  const copies = await prepareImages(subset(split, new Array(count).fill(index)), fit);
  const crop = cropFor(augmentation);
  try {
    const images: Image[] = [];
    const options = { batchSize: count, seed, epoch: 0, ...(crop ? { crop } : {}) };
    for await (const batch of batches(copies, options)) {
      const tensor = augment(batch, seed);
      images.push(...await toImages(tensor));
      tensor.dispose();
    }
    return images;
  } finally {
    await copies.dispose();
  }
}

/** Images of `[n, size, size, 3]` numbers from 0 to 1; what lies beyond is cut off. */
async function toImages(images: tf.Tensor4D): Promise<Image[]> {
  const [count, height, width] = images.shape;
  const bytes = tf.tidy(() => images.clipByValue(0, 1).mul(255).round());
  const values = Uint8Array.from(await bytes.data<"float32">());
  bytes.dispose();
  const length = height * width * 3;
  return Array.from({ length: count }, (_, at) => {
    return { width, height, data: values.slice(at * length, (at + 1) * length) };
  });
}
