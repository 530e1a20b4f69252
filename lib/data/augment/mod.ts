/**
 * How training pictures are varied and normalised.
 *
 * @module
 */

export * from "./augmentation.ts";
export type { Augmenter, DrawnBatch, Parameter } from "./augmenter.ts";
export { type ColourStatistics, measureColours, type Triple } from "./colours.ts";
export { type Augment, makeAugment, makeAugmenter } from "./make_augment.ts";
export { type Normalisation, normalise, resolveNormalisation } from "./normalise.ts";
