import assert from "node:assert/strict";
import { bestEpochOf } from "../../../lib/runs/schemas.ts";
import { initialProgress } from "../../../lib/training/checkpoint/training_progress.ts";
import { stopEarly } from "../../../lib/training/loop/early_stopping.ts";
import { TrainingState } from "../../../lib/training/loop/training_state.ts";
import { recipes } from "../../../lib/training/recipes.ts";

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
  assert.equal(bestEpochOf(none.map((value) => ({ val_accuracy: value, val_loss: value }))), 4);
});

Deno.test("of epochs with the highest accuracy the best is that with the lowest loss", () => {
  const losses = [0.2, 0.9, 0.1, 0.4, 0.8, 0.4];
  const history = [0.4, 0.6, 0.5, 0.6, 0.6, 0.6].map((val_accuracy, at) => ({
    ...{ epoch: at + 1, loss: 1, accuracy: 0.5, lr: 0.1, seconds: 1, images_per_second: 1 },
    ...{ val_accuracy, val_loss: losses[at]! },
  }));
  assert.equal(bestEpochOf(history), 4);
  assert.equal(bestEpochOf([]), 0);
  const recipe = { ...recipes.fast, epochs: 9, earlyStopping: 5 };
  const state = new TrainingState({ recipe, steps: 2, classes: 3 });
  assert.deepEqual(history.map((line) => state.endEpoch(line)), [
    true,
    true,
    false,
    true,
    false,
    false,
  ]);
  assert.equal(state.bestEpoch, 4);
  // Early stopping counts from the epoch in which the accuracy rose last.
  assert.equal(state.isOutOfPatience, false);
  state.endEpoch({ ...history[2]!, epoch: 7 });
  assert.equal(state.isOutOfPatience, true);
  assert.equal(new TrainingState({ recipe, steps: 2, classes: 3 }, state.progress).bestEpoch, 4);
});

Deno.test("a checkpoint of an earlier version keeps the best epoch whose weights it wrote", () => {
  const line = {
    ...{ epoch: 1, loss: 1, accuracy: 0.5, lr: 0.1, seconds: 1, images_per_second: 1 },
    ...{ val_accuracy: 0.6, val_loss: 0.9 },
  };
  const history = [line, { ...line, epoch: 2, val_loss: 0.5 }];
  const options = { recipe: { ...recipes.fast, epochs: 9 }, steps: 2, classes: 3 };
  const state = new TrainingState(options, { ...initialProgress, steps: 4, history });
  assert.equal(state.bestEpoch, 1);
  assert.equal(state.endEpoch({ ...line, epoch: 3, val_loss: 1 }), false);
  assert.equal(state.endEpoch({ ...line, epoch: 4, val_loss: 0.8 }), true);
  assert.equal(state.progress.bestEpoch, 4);
});

Deno.test("stopEarly() refuses a training without epochs", () => {
  assert.throws(() => stopEarly([], 3), /one epoch or more. Received: none/);
});
