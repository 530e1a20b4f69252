import assert from "node:assert/strict";
import { join } from "@std/path";
import { tf } from "../../lib/engine/tf.ts";
import { countHandles, testWithTensorFlow } from "../engine/tensorflow/support.ts";

/** Runs a program twice and requires that the second run leaves nothing behind. */
async function leavingNothing<T>(run: () => Promise<T>): Promise<T> {
  await run();
  const before = [tf.memory().numTensors, countHandles()];
  const result = await run();
  assert.deepEqual([tf.memory().numTensors, countHandles()], before);
  return result;
}

testWithTensorFlow("a MobileNet of TensorFlow.js's layers learns", async () => {
  const { trainMobileNet } = await import("./own/mobile_net.ts");
  const accuracy = await leavingNothing(() =>
    trainMobileNet({ images: 256, epochs: 6, pixels: 16 })
  );
  assert.ok(accuracy >= 0.9, `${accuracy}`);
});

testWithTensorFlow("tfjs-models' nearest-neighbor classifier works", async () => {
  const { classifyByNeighbors } = await import("./own/knn_classifier.ts");
  const accuracy = await leavingNothing(() => classifyByNeighbors(30, 30));
  assert.ok(accuracy >= 0.95, `${accuracy}`);
});

testWithTensorFlow("a model of tensorflowjs's converter computes what Keras does", async () => {
  await import("vgg/tfjs-node");
  const { compareWithKeras } = await import("./own/keras_model.ts");
  const folder = join(import.meta.dirname ?? ".", "keras_model");
  // The first rounds are not compiled, the later ones are.
  const difference = await leavingNothing(() => compareWithKeras(folder, 20));
  assert.ok(difference < 1e-4, `${difference}`);
});
