import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { lossGradients } from "../../../lib/training/step/gradients.ts";
import { frozenLayers } from "../../../lib/training/step/frozen_layers.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { assertClose } from "../../assert_close.ts";

function tiny(options: VGGOptions = {}): tf.LayersModel {
  return buildVGG({
    ...{ configuration: "A", inputSize: 32, classes: 3, width: 1 / 32, activation: "linear" },
    ...options,
  });
}

/** Returns the names of the trained layers with weights, which follow the frozen ones. */
function trainedAt(model: tf.LayersModel, blocks: number, newLayers: string[] = []): string[] {
  const frozen = frozenLayers(model, blocks, newLayers);
  return model.layers.slice(frozen.length + 1)
    .filter(({ weights }) => weights.length > 0)
    .map(({ name }) => name);
}

Deno.test("frozenLayers() unfreezes the new layers, then block by block from the top", () => {
  const model = tiny({ dropout: 0.5 });
  const head = ["fc1", "fc2", "predictions"];
  const fifth = ["block5_conv1", "block5_conv2", ...head];
  assert.deepEqual(trainedAt(model, 0), ["predictions"]);
  assert.deepEqual(trainedAt(model, 0, head), head);
  assert.deepEqual(trainedAt(model, 1), fifth);
  assert.deepEqual(trainedAt(model, 2), ["block4_conv1", "block4_conv2", ...fifth]);
  for (const blocks of [5, 9]) assert.deepEqual(frozenLayers(model, blocks, []), []);
  const above = model.layers[frozenLayers(model, 0, []).length + 1];
  assert.equal(above?.name, "fc2_dropout", "what learns from fc2 keeps its dropout");
  model.dispose();
});

const images = (): tf.Tensor4D => tf.randomNormal([4, 32, 32, 3], 0, 1, "float32", 7);

Deno.test("lossGradients() runs no backward pass through frozen layers", async () => {
  await tf.setBackend("cpu");
  const model = tiny({ batchNorm: true, head: "small" });
  const input = images();
  const labels = tf.tensor1d([0, 1, 2, 0], "int32");
  const seed = tf.tensor1d([1, 1], "int32");
  const work = async (blocks: number): Promise<number> => {
    const frozen = frozenLayers(model, blocks, []);
    const variables = model.layers.slice(frozen.length + 1)
      .flatMap((layer) => layer.trainableWeights.map((weight) => weight.read() as tf.Variable));
    const { kernels } = await tf.profile(() => {
      const given = { images: input, labels, seed, labelSmoothing: 0, frozen };
      const { gradients, summary } = lossGradients(model, variables, given);
      tf.dispose([...gradients, summary]);
    });
    return kernels.map(({ name }) => name).filter((name) => name.startsWith("Conv2DBackprop"))
      .length;
  };
  // A gradient of the kernel and one of the input for each convolution that trains.
  assert.deepEqual([await work(5), await work(2), await work(1), await work(0)], [16, 8, 4, 0]);
  tf.dispose([input, labels, seed]);
  model.dispose();
});

Deno.test("lossGradients() with frozen layers equals those of the whole net", async () => {
  await tf.setBackend("cpu");
  const model = tiny({ dropout: 0.5 });
  const given = {
    images: images(),
    labels: tf.tensor1d([0, 1, 2, 0], "int32"),
    seed: tf.tensor1d([1, 1], "int32"),
    labelSmoothing: 0.1,
  };
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const frozen = frozenLayers(model, 2, []);
  const upper = variables.slice(frozen.reduce((sum, { weights }) => sum + weights.length, 0));
  const whole = lossGradients(model, variables, given);
  const part = lossGradients(model, upper, { ...given, frozen });
  assertClose(part.summary.dataSync(), whole.summary.dataSync(), 1e-6);
  assert.equal(part.gradients.length, 14);
  part.gradients.forEach((gradient, index) => {
    assertClose(gradient.dataSync(), whole.gradients.at(index - 14)!.dataSync(), 1e-6);
  });
  tf.dispose([given.images, given.labels, given.seed, whole, part] as unknown as tf.Tensor[]);
  model.dispose();
});
