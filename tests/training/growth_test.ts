import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { shrink, sideAt } from "../../lib/training/growth.ts";

const growth = [{ until: 0.25, scale: 0.5 }, { until: 0.5, scale: 0.75 }];

Deno.test("sideAt() takes the stage that a share of the steps lies in", () => {
  const shares = [0, 0.24, 0.25, 0.49, 0.5, 1];
  assert.deepEqual(shares.map((share) => sideAt(growth, share, 64)), [32, 32, 48, 48, 64, 64]);
  assert.equal(sideAt([], 0, 64), 64);
});

Deno.test("sideAt() leaves five poolings something", () => {
  assert.equal(sideAt(growth, 0, 40), 32);
  assert.equal(sideAt(growth, 0, 32), 32);
});

Deno.test("shrink() averages the pixels that become one, and leaves the rest alone", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const other = tf.scalar(3);
  const images = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1]);
  const same = shrink([images, other], 4, 4);
  assert.deepEqual(same, [images, other]);
  const [half, kept] = shrink(same, 4, 2);
  assert.deepEqual([...half!.dataSync()], [3.5, 5.5, 11.5, 13.5]);
  assert.equal(kept, other);
  tf.dispose([half!, other]);
  assert.equal(tf.memory().numTensors, before);
});
