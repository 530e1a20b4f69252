import type { Prediction } from "../../runs/schemas.ts";

/** Predictions of about the same confidence. */
export interface CalibrationBin {
  /** The confidences it takes: above `from` (or at 0), up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly images: number;
  /** The mean probability of the predicted class; `null` without images. */
  readonly confidence: number | null;
  /** The share that was right; `null` without images. */
  readonly accuracy: number | null;
}

/** Whether a network is as often right as it says. */
export interface Calibration {
  readonly bins: readonly CalibrationBin[];
  /** The mean distance of confidence and accuracy over the bins, weighted by images. */
  readonly expectedError: number;
}

/**
 * Compares how sure a network is with how often it is right, as Guo et al. 2017 do: in bins of equal
 * width over the probability of the predicted class.
 *
 * @throws {RangeError} Where there is no prediction.
 *
 * @example
 * ```ts ignore
 * const { expectedError } = calibrationOf(await run.predictions());
 * ```
 */
export function calibrationOf(predictions: readonly Prediction[], bins = 10): Calibration {
  if (predictions.length === 0) {
    throw new RangeError("calibration needs one prediction or more. Received: none");
  }
  const sums = Array.from({ length: bins }, () => ({ images: 0, confidence: 0, right: 0 }));
  for (const { actual, predicted, probabilities } of predictions) {
    const confidence = probabilities[predicted] ?? 0;
    const bin = sums[Math.min(bins - 1, Math.max(0, Math.ceil(confidence * bins) - 1))]!;
    bin.images += 1;
    bin.confidence += confidence;
    bin.right += Number(actual === predicted);
  }
  const distance = sums.reduce(
    (sum, { confidence, right }) => sum + Math.abs(confidence - right),
    0,
  );
  return {
    bins: sums.map(({ images, confidence, right }, index) => ({
      from: index / bins,
      to: (index + 1) / bins,
      images,
      confidence: images === 0 ? null : confidence / images,
      accuracy: images === 0 ? null : right / images,
    })),
    expectedError: distance / predictions.length,
  };
}
