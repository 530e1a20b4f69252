import assert from "node:assert/strict";
import { calibrationOf } from "../../../lib/evaluation/metrics/calibration.ts";
import type { Prediction } from "../../../lib/runs/schemas.ts";

function predictionOf(confidence: number, isCorrect: boolean): Prediction {
  const probabilities = [confidence, 1 - confidence];
  return { id: "image", actual: isCorrect ? 0 : 1, predicted: 0, probabilities };
}

Deno.test("calibrationOf() compares confidence and accuracy per bin as computed by hand", () => {
  const predictions = [
    predictionOf(0.95, true),
    predictionOf(0.93, false),
    predictionOf(0.62, true),
    predictionOf(0.7, true),
  ];
  const { bins, expectedError } = calibrationOf(predictions);
  assert.deepEqual(bins.map(({ images }) => images), [0, 0, 0, 0, 0, 0, 2, 0, 0, 2]);
  assert.equal(bins[9]?.confidence?.toFixed(4), "0.9400");
  assert.equal(bins[9]?.accuracy, 0.5);
  assert.equal(bins[6]?.accuracy, 1);
  assert.equal(bins[0]?.confidence, null);
  // (2 · |0.94 − 0.5| + 2 · |0.66 − 1|) / 4
  assert.equal(expectedError.toFixed(4), "0.3900");
});

Deno.test("calibrationOf() puts a confidence of 1 into the last bin", () => {
  const { bins, expectedError } = calibrationOf([predictionOf(1, true)], 4);
  assert.deepEqual(bins.at(-1), { from: 0.75, to: 1, images: 1, confidence: 1, accuracy: 1 });
  assert.equal(expectedError, 0);
});

Deno.test("calibrationOf() rejects an empty list", () => {
  assert.throws(() => calibrationOf([]), /one prediction or more. Received: none/);
});
