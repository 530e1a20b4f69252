import assert from "node:assert/strict";
import { bestEpochOf } from "../../../lib/runs/schemas.ts";
import { stopEarly } from "../../../lib/training/loop/early_stopping.ts";

/** Best in epoch 2, and again higher in epoch 6. */
const accuracies = [0.4, 0.6, 0.5, 0.6, 0.55, 0.7];

Deno.test("stopEarly() ends after so many epochs without a higher accuracy", () => {
  assert.deepEqual(stopEarly(accuracies, 1), { epoch: 3, bestEpoch: 2 });
  assert.deepEqual(stopEarly(accuracies, 3), { epoch: 5, bestEpoch: 2 });
});

Deno.test("stopEarly() goes to the end where patience is long, or 0", () => {
  assert.deepEqual(stopEarly(accuracies, 4), { epoch: 6, bestEpoch: 6 });
  assert.deepEqual(stopEarly(accuracies, 0), { epoch: 6, bestEpoch: 6 });
});

/** The article's patience equals its number of epochs. */
Deno.test("stopEarly() can never end a training as long as its patience", () => {
  const falling = Array.from({ length: 40 }, (_, epoch) => 0.7 - epoch / 100);
  assert.deepEqual(stopEarly(falling, 40), { epoch: 40, bestEpoch: 1 });
});

Deno.test("without validation images the last epoch is the best, and nothing stops early", () => {
  const none = [NaN, NaN, NaN, NaN];
  assert.deepEqual(stopEarly(none, 2), { epoch: 4, bestEpoch: 4 });
  assert.equal(bestEpochOf(none.map((accuracy) => ({ val_accuracy: accuracy }))), 4);
});

Deno.test("stopEarly() refuses a training without epochs", () => {
  assert.throws(() => stopEarly([], 3), /one epoch or more. Received: none/);
});
