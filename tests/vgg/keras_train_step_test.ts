import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { assertClose } from "../assert_close.ts";
import { formulaImages, setFormulaWeights } from "../peers/formula.ts";
import golden from "./golden/keras_train_step.json" with { type: "json" };

await tf.setBackend("cpu");

type Summary = { norm: number; first: number[] };

const { batch, learningRate, momentum, nesterov, weightDecay } = golden;
const options = golden.options as VGGOptions & { inputSize: number; classes: number };
const images = formulaImages(batch, options.inputSize, 3);
const labels = tf.oneHot(Array.from({ length: batch }, (_, index) => index), options.classes);

/** The cross-entropy of a step, and the gradients of the cross-entropy plus the L2 penalty. */
function step(model: tf.LayersModel): { loss: number; gradients: tf.NamedTensorMap } {
  let loss = NaN;
  const { value, grads: gradients } = tf.variableGrads(() => {
    const logits = model.apply(images, { training: true }) as tf.Tensor;
    const crossEntropy = tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    loss = Number(crossEntropy.arraySync());
    const kernels = model.trainableWeights.filter(({ shape }) => shape.length > 1);
    const squares = kernels.map((kernel) => tf.sum(tf.square(kernel.read())));
    return tf.add(crossEntropy, tf.mul(tf.addN(squares), weightDecay / 2)).asScalar();
  });
  value.dispose();
  return { loss, gradients };
}

function assertAgrees(tensor: tf.Tensor, expected: Summary | undefined, tolerance: number): void {
  assert.ok(expected);
  const norm = Number(tf.norm(tensor).arraySync());
  const allowed = tolerance * Math.max(1, expected.norm);
  assert.ok(Math.abs(norm - expected.norm) < allowed, `${norm} is not ${expected.norm}`);
  assertClose(tensor.dataSync().slice(0, 4), expected.first, allowed);
}

Deno.test("a network's gradients, updates and moving averages are Keras's over three steps", () => {
  const model = buildVGG({ ...options, activation: "linear" });
  setFormulaWeights(model);
  const optimizer = tf.train.momentum(learningRate, momentum, nesterov);
  const steps = golden.losses.map(() => {
    const result = step(model);
    const named = Object.entries(result.gradients).map(([name, tensor]) => ({ name, tensor }));
    optimizer.applyGradients(named);
    return result;
  });
  assertClose(steps.map(({ loss }) => loss), golden.losses, 1e-4);
  const firstGradients: Record<string, Summary> = golden.firstGradients;
  for (const { name, originalName } of model.trainableWeights) {
    const gradient = steps[0]?.gradients[name];
    assert.ok(gradient);
    assertAgrees(gradient, firstGradients[originalName], 1e-4);
  }
  const weights: Record<string, Summary> = golden.weights;
  for (const weight of model.weights) {
    assertAgrees(weight.read(), weights[weight.originalName], 5e-4);
  }
  assert.equal(model.weights.length, Object.keys(weights).length);
  assertClose(model.predict(images) as tf.Tensor, golden.logits.flat(), 5e-3);
});
