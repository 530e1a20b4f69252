import { requirePositiveInteger } from "../checks.ts";
import { crossEntropyOf } from "../evaluation/metrics/summarize.ts";
import type { Prediction } from "../runs/schemas.ts";

/** A prediction and what it costs. */
export interface CostlyPrediction extends Prediction {
  /** The cross-entropy: -ln of the actual class's probability. */
  readonly loss: number;
}

/**
 * The predictions with the highest loss, highest first: what a network got most wrong, or people
 * labelled wrongly.
 *
 * @throws {OptionError} For a count that is no whole number from 1.
 *
 * @example
 * ```ts ignore
 * const worst = topLosses(await run.predictions(), 8);
 * galleryFigure(await predictionTiles(dataset, worst), { title: "The highest losses" });
 * ```
 */
export function topLosses(predictions: readonly Prediction[], count = 12): CostlyPrediction[] {
  requirePositiveInteger("count", count);
  return predictions
    .map((prediction) => ({ ...prediction, loss: crossEntropyOf(prediction) }))
    .sort((a, b) => b.loss - a.loss)
    .slice(0, count);
}
