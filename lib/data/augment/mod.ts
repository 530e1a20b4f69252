/**
 * Augmentation and normalization of training images.
 *
 * @module
 */

export * from "./augmentation.ts";
export { type ColourStatistics, measureColours, type Triple } from "./colors.ts";
export { type Augment, makeAugment } from "./make_augment.ts";
export { type Normalisation, normaliseBytes, resolveNormalisation } from "./normalize.ts";
export { previewAugmentation, type PreviewOptions } from "./preview.ts";
