/**
 * Labeled images: open a data set, decode, augment, and read it in batches.
 *
 * A data set is recognized by the files in its folder. Images are RGB bytes, `height × width × 3`.
 *
 * @example
 * ```ts
 * import { batches, loadDataset, prepareImages, subsetPerClass } from "vgg/data";
 *
 * const { train } = subsetPerClass(await loadDataset("drawn10"), { train: 2 });
 * await using prepared = await prepareImages(train, { mode: "stretch", size: 32 });
 * for await (const { pixels, labels } of batches(prepared, { batchSize: 8 })) {
 *   console.assert(pixels.length === labels.length * 32 * 32 * 3);
 * }
 * ```
 *
 * @module
 */

export { datasetNames, loadDataset, type LoadOptions } from "./open_dataset.ts";
export {
  BrokenImageError,
  type ClassLabel,
  type Dataset,
  type Image,
  type Resize,
  type Split,
  type UnusedFiles,
} from "./dataset.ts";
export { DataError } from "./errors.ts";
export { type ClassSelection, type PerClass, subset, subsetPerClass } from "./subset.ts";
export { imageFinder, type LoadImage, type ShownDataset } from "./image_finder.ts";
export { decodeImage } from "./images/decode.ts";
export { findImages, type FindOptions } from "./images/find_images.ts";
export type { BrokenFile, DecodeOptions } from "./pipeline/decode_split.ts";
export {
  type PreparedSplit,
  prepareImages,
  type PrepareOptions,
} from "./pipeline/prepared_split.ts";
export { streamImages, type StreamOptions } from "./pipeline/streamed_split.ts";
export type { StreamStoreOptions } from "./pipeline/stream_store.ts";
export {
  type Batch,
  batches,
  type BatchOptions,
  type CropBoxes,
  type RandomCrop,
} from "./pipeline/batches.ts";
export type { Shard } from "./pipeline/shard.ts";
export * from "./augment/mod.ts";
