import assert from "node:assert/strict";
import { calibrationOf } from "../../../lib/evaluation/metrics/calibration.ts";
import { reliabilityFigure } from "../../../lib/figures/charts/reliability.ts";
import { assertSnapshot } from "../snapshot.ts";

/** Nine of ten correct at 0.9, one of two at 0.6. */
const predictions = [
  ...Array.from({ length: 10 }, (_, index) => ({ confidence: 0.9, actual: index === 0 ? 1 : 0 })),
  { confidence: 0.6, actual: 0 },
  { confidence: 0.6, actual: 1 },
].map(({ confidence, actual }) => {
  return { id: "image", actual, predicted: 0, probabilities: [confidence, 1 - confidence] };
});
const figure = reliabilityFigure(calibrationOf(predictions));

Deno.test("reliabilityFigure() draws two bins as in the snapshot", () =>
  assertSnapshot("reliability", figure));

Deno.test("reliabilityFigure() has bars as high as the accuracies, and the numbers of images", () => {
  const [bars] = figure.data as { x: number[]; y: number[] }[];
  assert.deepEqual(bars?.x.map(Math.round), [55, 85]);
  assert.deepEqual(bars?.y, [50, 90]);
  const texts = (figure.layout.annotations ?? []).map(({ text }) => text);
  assert.deepEqual(texts.slice(-2), ["2", "10"]);
});
