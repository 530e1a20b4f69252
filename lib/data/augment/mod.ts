/**
 * How training pictures are varied and normalised.
 *
 * @module
 */

export * from "./augmentation.ts";
export { type ColourStatistics, measureColours, type Triple } from "./colours.ts";
export { type Augment, makeAugment } from "./make_augment.ts";
export { type Normalisation, normaliseBytes, resolveNormalisation } from "./normalise.ts";
export { previewAugmentation, type PreviewOptions } from "./preview.ts";
