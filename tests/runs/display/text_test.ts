import assert from "node:assert/strict";
import { formatEpoch } from "../../../lib/runs/display/text.ts";

const line = {
  ...{ epoch: 3, loss: 1, accuracy: 0.5, val_loss: 2, val_accuracy: 0.25 },
  ...{ lr: 0.1, seconds: 2, images_per_second: 10 },
};

Deno.test("formatEpoch() marks the best epoch", () => {
  const start =
    "epoch    3 loss 1.000 accuracy 50.0 % | validation loss 2.000 accuracy 25.0 % | 2 s, 10";
  assert.equal(formatEpoch(line, true), `${start} images/s (best)`);
  assert.equal(formatEpoch(line, false), `${start} images/s`);
});

Deno.test("formatEpoch() calls no epoch the best if there is no validation", () => {
  const alone = { ...line, val_loss: NaN, val_accuracy: NaN };
  const expected = "epoch    3 loss 1.000 accuracy 50.0 % | no validation | 2 s, 10 images/s";
  assert.equal(formatEpoch(alone, true), expected);
});
