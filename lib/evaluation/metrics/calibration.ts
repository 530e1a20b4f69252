import { OptionError } from "../../errors.ts";
import type { Prediction } from "../../runs/schemas.ts";

/** Predictions of similar confidence. */
export interface CalibrationBin {
  /** The lower end of the confidences, which belongs to the first bin only. */
  readonly from: number;
  /** The upper end of the confidences, which belongs to the bin. */
  readonly to: number;
  /** The number of predictions. */
  readonly images: number;
  /** The mean probability of the predicted class; `null` without images. */
  readonly confidence: number | null;
  /** The fraction of correct predictions; `null` without images. */
  readonly accuracy: number | null;
}

/** How well a network's confidence agrees with its accuracy. */
export interface Calibration {
  /** The bins from confidence 0 to 1. */
  readonly bins: readonly CalibrationBin[];
  /**
   * The expected calibration error: the mean distance between confidence and accuracy over the bins,
   * weighted by their images.
   */
  readonly expectedError: number;
}

/** The index of the bin, of `bins` from 0 to 1, to which a prediction of some confidence belongs. */
export function calibrationBin(confidence: number, bins = 10): number {
  return Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1));
}

/**
 * Compares confidence with accuracy in bins of equal width over the probability of the predicted
 * class (Guo et al. 2017, "On Calibration of Modern Neural Networks").
 *
 * @throws {OptionError} If there is no prediction.
 *
 * @example
 * ```ts
 * import { calibrationOf } from "vgg";
 *
 * const prediction = { id: "a.png", actual: 0, predicted: 0, probabilities: [0.75, 0.25] };
 * calibrationOf([prediction]).expectedError; // 0.25
 * ```
 */
export function calibrationOf(predictions: readonly Prediction[], bins = 10): Calibration {
  if (predictions.length === 0) {
    throw new OptionError("calibration needs one prediction or more. Received: none");
  }
  const sums = Array.from({ length: bins }, () => ({ images: 0, confidence: 0, correct: 0 }));
  for (const { actual, predicted, probabilities } of predictions) {
    const confidence = probabilities[predicted] ?? 0;
    const bin = sums[calibrationBin(confidence, bins)]!;
    bin.images += 1;
    bin.confidence += confidence;
    bin.correct += Number(actual === predicted);
  }
  const distance = sums.reduce(
    (sum, { confidence, correct }) => sum + Math.abs(confidence - correct),
    0,
  );
  return {
    bins: sums.map(({ images, confidence, correct }, index) => ({
      from: index / bins,
      to: (index + 1) / bins,
      images,
      confidence: images === 0 ? null : confidence / images,
      accuracy: images === 0 ? null : correct / images,
    })),
    expectedError: distance / predictions.length,
  };
}
