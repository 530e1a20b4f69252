import assert from "node:assert/strict";
import "../../../lib/engine/cpu/transform.ts";
import { tf } from "../../../lib/engine/tf.ts";

Deno.test("the plain backend transforms every image of a batch, each its own way", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const values = tf.tidy(() => {
    const images = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 1, 3, 1]);
    const shifts = tf.tensor2d([0, 1, -1].map((shift) => [1, 0, shift, 0, 1, 0, 0, 0]));
    return tf.image.transform(images, shifts, "bilinear", "nearest").dataSync();
  });
  assert.deepEqual([...values], [1, 2, 3, 5, 6, 6, 7, 7, 8]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("the plain backend transforms a batch by one common matrix", async () => {
  await tf.setBackend("cpu");
  const values = tf.tidy(() => {
    const images = tf.tensor4d([1, 2, 3, 4], [2, 1, 2, 1]);
    const mirror = tf.tensor2d([[-1, 0, 1, 0, 1, 0, 0, 0]]);
    return tf.image.transform(images, mirror, "bilinear", "nearest").dataSync();
  });
  assert.deepEqual([...values], [2, 1, 4, 3]);
});
