import { tf } from "../../engine/tf.ts";
import { batches } from "../batches.ts";
import { preparePictures } from "../cache.ts";
import type { Picture, Split } from "../dataset.ts";
import { requireWhole } from "../require_whole.ts";
import { keepSamples } from "../take_per_class.ts";
import { type Augmentation, cropFor, fitFor } from "./augmentation.ts";
import type { ColourStatistics } from "./colours.ts";
import { makeAugment } from "./make_augment.ts";
import { resolveNormalisation } from "./normalise.ts";

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
 * Variants of one picture as training would see them, before normalisation. The engine must be
 * ready.
 *
 * @param index The picture's number in the split.
 * @throws {OptionError} For an augmentation that cannot be.
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
): Promise<Picture[]> {
  requireWhole("count", count);
  const augment = makeAugment(augmentation, resolveNormalisation("rescale"), colours);
  const fit = fitFor(augmentation, { mode: "squash", size });
  const copies = await preparePictures(keepSamples(split, new Array(count).fill(index)), fit);
  const crop = cropFor(augmentation);
  try {
    const pictures: Picture[] = [];
    const options = { batchSize: count, seed, epoch: 0, ...(crop ? { crop } : {}) };
    for await (const batch of batches(copies, options)) {
      const images = augment(batch, seed);
      pictures.push(...await toPictures(images));
      images.dispose();
    }
    return pictures;
  } finally {
    await copies.dispose();
  }
}

/** Pictures of `[n, size, size, 3]` numbers from 0 to 1; what lies beyond is cut off. */
async function toPictures(images: tf.Tensor4D): Promise<Picture[]> {
  const [count, height, width] = images.shape;
  const bytes = tf.tidy(() => images.clipByValue(0, 1).mul(255).round());
  const values = Uint8Array.from(await bytes.data<"float32">());
  bytes.dispose();
  const length = height * width * 3;
  return Array.from({ length: count }, (_, at) => {
    return { width, height, data: values.slice(at * length, (at + 1) * length) };
  });
}
