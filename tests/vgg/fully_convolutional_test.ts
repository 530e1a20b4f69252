import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { type ConfigurationName, configurations } from "../../lib/vgg/configurations.ts";
import { toFullyConvolutional } from "../../lib/vgg/fully_convolutional.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { assertClose } from "../assert_close.ts";
import { testWithTensorFlow } from "../engine/tensorflow/support.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";

const small: VGGOptions = { width: 1 / 16, classes: 7, activation: "linear" };

function formulaNet(options: VGGOptions): tf.LayersModel {
  const model = buildVGG({ ...small, ...options });
  setFormulaWeights(model);
  return model;
}

/** Asserts that two networks agree on some images to 1e-4 of the largest logit. */
function assertSameLogits(one: tf.LayersModel, other: tf.LayersModel, images: tf.Tensor4D): void {
  const [ours, theirs] = [one, other].map((net) => net.predict(images) as tf.Tensor2D);
  assert.deepEqual(ours!.shape, theirs!.shape);
  const largest = Math.max(...Array.from(theirs!.dataSync(), Math.abs));
  assert.ok(largest > 0.01, `the logits are too small to compare: ${largest}`);
  assertClose(ours, theirs, 1e-4 * largest);
  tf.dispose([ours!, theirs!]);
}

// 47 and 70 pixels leave remainders in several poolings; 70 has a last map of 2×2.
const forms: VGGOptions[] = [
  { inputSize: 32, head: "small" },
  { inputSize: 47, head: "4096-4096", batchNorm: true, convBias: false },
  { inputSize: 70, head: "4096-4096" },
  { inputSize: 64, head: "small", batchNorm: true },
];

for (const configuration of Object.keys(configurations) as ConfigurationName[]) {
  testWithTensorFlow(
    `toFullyConvolutional() gives the logits of ${configuration} at its own size`,
    () => {
      for (const form of forms) {
        const before = tf.memory().numTensors;
        const model = formulaNet({ ...form, configuration });
        const dense = toFullyConvolutional(model);
        const images = formulaImages(2, form.inputSize!, 3);
        assertSameLogits(dense, model, images);
        // Each network works after the other is disposed.
        model.dispose();
        const larger = tf.zeros<tf.Rank.R4>([1, 96, 80, 3]);
        const logits = dense.predict(larger) as tf.Tensor;
        assert.deepEqual(logits.shape, [1, 7]);
        tf.dispose([images, larger, logits]);
        dense.dispose();
        assert.equal(tf.memory().numTensors, before);
      }
    },
  );
}

testWithTensorFlow(
  "toFullyConvolutional() averages the scores of all windows of a larger image",
  () => {
    const before = tf.memory().numTensors;
    const model = formulaNet({ configuration: "A", inputSize: 64 });
    const dense = toFullyConvolutional(model);
    const image = formulaImages(1, 96, 3);
    const scores = tf.tidy(() => {
      const features = tf.model({
        inputs: dense.inputs,
        outputs: dense.getLayer("block5_pool").output as tf.SymbolicTensor,
      }).predict(image) as tf.Tensor4D;
      assert.deepEqual(features.shape, [1, 3, 3, 32]);
      const fullyConnected = (x: tf.Tensor2D): tf.Tensor2D =>
        ["fc1", "fc2", "predictions"].reduce(
          (y, name) => model.getLayer(name).apply(y) as tf.Tensor2D,
          x,
        );
      const windows = [[0, 0], [0, 1], [1, 0], [1, 1]].map(([top, left]) =>
        fullyConnected(features.slice([0, top!, left!, 0], [1, 2, 2, 32]).reshape([1, -1]))
      );
      return tf.concat(windows).mean(0).expandDims(0) as tf.Tensor2D;
    });
    const logits = dense.predict(image) as tf.Tensor2D;
    assertClose(logits, scores, 1e-5);
    tf.dispose([image, scores, logits]);
    model.dispose();
    dense.dispose();
    assert.equal(tf.memory().numTensors, before);
  },
);

testWithTensorFlow("toFullyConvolutional() keeps its weights when the network's change", () => {
  const model = formulaNet({ configuration: "A", inputSize: 32 });
  const dense = toFullyConvolutional(model);
  const images = formulaImages(1, 32, 3);
  const before = (dense.predict(images) as tf.Tensor).dataSync();
  for (const layer of model.layers) layer.setWeights(layer.getWeights().map((w) => w.mul(0)));
  assertClose((dense.predict(images) as tf.Tensor).dataSync(), before, 0);
  model.dispose();
  dense.dispose();
});

Deno.test("toFullyConvolutional() rejects a network that returns probabilities", async () => {
  await tf.setBackend("cpu");
  const model = buildVGG({ configuration: "A", inputSize: 32, width: 1 / 32, classes: 3 });
  assert.throws(() => toFullyConvolutional(model), {
    name: "OptionError",
    message: "the activation of a network to make fully convolutional must be linear. " +
      "Received: softmax",
  });
  model.dispose();
});
