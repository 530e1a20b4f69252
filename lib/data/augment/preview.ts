import { tf } from "../../engine/tf.ts";
import { requirePositiveInteger } from "../../errors.ts";
import type { Image, Split } from "../dataset.ts";
import { batches } from "../pipeline/batches.ts";
import { prepareImages } from "../pipeline/prepared_split.ts";
import { subset } from "../subset.ts";
import { type Augmentation, cropFor, resizeFor } from "./augmentation.ts";
import type { ColorStatistics } from "./colors.ts";
import { makeAugment } from "./make_augment.ts";
import { resolveNormalization } from "./normalize.ts";

/** How {@linkcode previewAugmentation} works. */
export interface PreviewOptions {
  /** The augmentation to preview. */
  readonly augmentation: Augmentation;
  /** The side of the network's input in pixels. */
  readonly size: number;
  /** The number of variants; 8 by default. */
  readonly count?: number;
  /** 1 by default. */
  readonly seed?: number;
  /** The colors of the training set; required for the paper's color shift. */
  readonly colors?: ColorStatistics;
}

/**
 * Returns random variants of one image as training would see them, before normalization. The engine must
 * be ready, see `useEngine`.
 *
 * @param index The image's index in the split.
 * @throws {OptionError} If a setting of the augmentation is not allowed.
 * @throws {RangeError} If `colors` is required and missing.
 *
 * @example
 * ```ts
 * import { articleAugmentation, loadDataset, previewAugmentation } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10");
 * const options = { augmentation: articleAugmentation, size: 64, count: 4 };
 * const variants = await previewAugmentation(train, 0, options);
 * variants.length; // 4
 * ```
 */
export async function previewAugmentation(
  split: Split,
  index: number,
  { augmentation, size, count = 8, seed = 1, colors }: PreviewOptions,
): Promise<Image[]> {
  requirePositiveInteger("count", count);
  const augment = makeAugment(augmentation, resolveNormalization("rescale"), colors);
  const resize = resizeFor(augmentation, { mode: "stretch", size });
  await using copies = await prepareImages(subset(split, new Array(count).fill(index)), resize);
  const crop = cropFor(augmentation);
  const images: Image[] = [];
  const options = { batchSize: count, seed, epoch: 0, ...(crop ? { crop } : {}) };
  for await (const batch of batches(copies, options)) {
    const tensor = augment(batch, seed);
    images.push(...await toImages(tensor));
    tensor.dispose();
  }
  return images;
}

/** Converts `[n, size, size, 3]` numbers to images, clipping to the range from 0 to 1. */
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
