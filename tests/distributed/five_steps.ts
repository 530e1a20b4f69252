import type { Recipe } from "../../lib/training/recipes.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

/** A net and a recipe that workers train together. */
export interface Variant {
  readonly network: VGGOptions;
  readonly changes: Partial<Recipe>;
  readonly microBatch: number;
}

/** What five steps gave. */
export interface FiveSteps {
  readonly losses: readonly number[];
  readonly weights: readonly number[];
}

/**
 * Batches of 7 of 24 images: no number of workers divides them, and the last has 3, fewer than four
 * workers are.
 */
const batchSize = 7;

/** All that a step may be made of: dropout, penalties, clipping, batch normalization, parts. */
export const variants: Readonly<Record<string, Variant>> = {
  plain: {
    network: { inputSize: 32, width: 1 / 16, batchNorm: false, dropout: 0.5, head: "4096-4096" },
    changes: { batchSize, weightDecay: { kind: "l2", value: 5e-4 }, clipNorm: 1 },
    microBatch: batchSize,
  },
  normalized: {
    network: { inputSize: 32, width: 1 / 16, batchNorm: true, dropout: 0.5 },
    changes: { batchSize, labelSmoothing: 0.1, nesterov: true },
    microBatch: batchSize,
  },
  "in parts": {
    network: { inputSize: 32, width: 1 / 16, batchNorm: false, dropout: 0.5 },
    changes: { batchSize },
    microBatch: 1,
  },
};
