import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { crossEntropy } from "../../lib/training/loss.ts";
import { batchGradients, type StepOptions } from "../../lib/training/step.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import { assertClose } from "../assert_close.ts";

const options: StepOptions = { labelSmoothing: 0.1, microBatch: 100, seed: [1, 2] };

Deno.test("crossEntropy() of guesses is ln(classes), with smoothing too", async () => {
  await tf.setBackend("cpu");
  tf.tidy(() => {
    const logits = tf.zeros([3, 10]) as tf.Tensor2D;
    const labels = tf.tensor1d([0, 5, 9], "int32");
    assertClose(crossEntropy(logits, labels), [Math.log(10)], 1e-6);
    assertClose(crossEntropy(logits, labels, 0.1), [Math.log(10)], 1e-6);
  });
});

Deno.test("crossEntropy() smooths as Keras does", async () => {
  await tf.setBackend("cpu");
  // keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)([[0, 1]], [[1., 3.]])
  tf.tidy(() => {
    const loss = crossEntropy(tf.tensor2d([[1, 3]]), tf.tensor1d([1], "int32"), 0.1);
    const [low, high] = [Math.log(1 + Math.exp(2)), Math.log(1 + Math.exp(-2))];
    assertClose(loss, [0.05 * low + 0.95 * high], 1e-6);
  });
});

Deno.test("batchGradients() gives the same in parts as in one piece, and keeps no tensor", async () => {
  await tf.setBackend("cpu");
  const model = buildVGG({
    configuration: "A",
    inputSize: 32,
    classes: 3,
    width: 1 / 32,
    head: "small",
    activation: "linear",
  });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const images = tf.randomNormal([5, 32, 32, 3], 0, 1, "float32", 7) as tf.Tensor4D;
  const labels = tf.tensor1d([0, 1, 2, 0, 1], "int32");
  const before = tf.memory().numTensors;
  const whole = batchGradients(model, variables, images, labels, options);
  const parts = batchGradients(model, variables, images, labels, { ...options, microBatch: 2 });
  assert.ok(Math.abs(whole.loss - parts.loss) < 1e-6);
  assert.equal(whole.correct, parts.correct);
  for (const [name, gradient] of Object.entries(whole.gradients)) {
    assertClose(parts.gradients[name], gradient, 1e-5);
  }
  tf.dispose([whole.gradients, parts.gradients]);
  assert.equal(tf.memory().numTensors, before);
  tf.dispose([images, labels]);
  model.dispose();
});
