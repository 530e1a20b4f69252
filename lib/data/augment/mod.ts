/**
 * Augmentation and normalization of training images.
 *
 * @module
 */

export * from "./augmentation.ts";
export { type ColorStatistics, measureColors, type Triple } from "./colors.ts";
export { type Augment, makeAugment } from "./make_augment.ts";
export { type Normalization, normalizeBytes, resolveNormalization } from "./normalize.ts";
export { previewAugmentation, type PreviewOptions } from "./preview.ts";
