import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { BatchNormalization } from "../../../lib/vgg/layers/batch_normalization.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

const shape: [number, number, number, number] = [2, 3, 3, 4];
const values = Array.from({ length: 72 }, (_, index) => 2 * Math.sin(index * index + 1) + 1);
const x = tf.tensor4d(values, shape);

Deno.test("BatchNormalization has the weights and settings of tfjs's own layer", () => {
  const name = "block1_conv1_bn";
  const [ours, theirs] = [
    new BatchNormalization({ name }),
    tf.layers.batchNormalization({ name }),
  ];
  ours.build(shape);
  theirs.build(shape);
  assert.deepEqual(ours.getConfig(), theirs.getConfig());
  const describe = (layer: tf.layers.Layer): unknown[] =>
    layer.weights.map(({ originalName, shape, trainable }) => [originalName, shape, trainable]);
  assert.deepEqual(describe(ours), describe(theirs));
});

for (const training of [true, false]) {
  Deno.test(`BatchNormalization computes the same as tfjs's own layer with training ${training}`, () => {
    const settings = { momentum: 0.9, epsilon: 0.01 };
    const layers = [new BatchNormalization(settings), tf.layers.batchNormalization(settings)];
    const [ours, theirs] = layers.map((layer) => {
      layer.build(shape);
      const weights = [[1, 0.5, -2, 1.5], [0, 1, 2, -1], [0.5, 0, 1, 1], [1, 2, 0.5, 1]];
      layer.setWeights(weights.map((list) => tf.tensor1d(list)));
      const output = layer.apply(x, { training }) as tf.Tensor;
      return [output, ...layer.getWeights()];
    });
    ours?.forEach((tensor, index) => assertClose(tensor, theirs?.[index], 1e-5));
  });
}

Deno.test("BatchNormalization averages the biased moments of the batches", () => {
  const layer = new BatchNormalization({ momentum: 0.75 });
  layer.build(shape);
  layer.apply(x, { training: true });
  const [, , mean, variance] = layer.getWeights();
  const batch = tf.moments(x, [0, 1, 2]);
  assertClose(mean, tf.mul(batch.mean, 0.25), 1e-6);
  assertClose(variance, tf.add(0.75, tf.mul(batch.variance, 0.25)), 1e-5);
});

Deno.test("BatchNormalization trains gamma and beta and leaks no tensors", () => {
  const layer = new BatchNormalization();
  layer.build(shape);
  const loss = (): tf.Scalar =>
    tf.sum(tf.square(layer.apply(x, { training: true }) as tf.Tensor)).asScalar();
  const before = tf.memory().numTensors;
  const { value, grads } = tf.variableGrads(loss);
  const names = layer.trainableWeights.map((weight) => weight.name);
  assert.deepEqual(Object.keys(grads).sort(), [...names].sort());
  // Per channel Σ y² is 18, for 18 values of unit variance, and its derivative by gamma is twice that.
  assertClose(grads[names[0] ?? ""], [36, 36, 36, 36], 0.05);
  tf.dispose([value, ...Object.values(grads)]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("BatchNormalization rejects inputs of another rank", () => {
  assert.throws(() => new BatchNormalization().build([null, 8]), /Received: \[null,8\]$/);
});
