import { requirePositiveInteger } from "../errors.ts";
import { crossEntropyOf } from "../evaluation/metrics/summarize.ts";
import type { Prediction } from "../runs/schemas.ts";

/** A prediction with its loss. */
export interface CostlyPrediction extends Prediction {
  /** The cross-entropy: -ln of the actual class's probability. */
  readonly loss: number;
}

/**
 * Returns the predictions with the highest loss, highest first. They show what a network got most
 * wrong, and images with wrong labels.
 *
 * @throws {OptionError} If `count` is not a positive whole number.
 *
 * @example
 * ```ts
 * import { topLosses } from "vgg/explain";
 *
 * const good = { id: "a.png", actual: 0, predicted: 0, probabilities: [0.9, 0.1] };
 * const bad = { id: "b.png", actual: 1, predicted: 0, probabilities: [0.9, 0.1] };
 * topLosses([good, bad], 1)[0]?.id; // b.png
 * ```
 */
export function topLosses(predictions: readonly Prediction[], count = 12): CostlyPrediction[] {
  requirePositiveInteger("count", count);
  return predictions
    .map((prediction) => ({ ...prediction, loss: crossEntropyOf(prediction) }))
    .sort((a, b) => b.loss - a.loss)
    .slice(0, count);
}
