import assert from "node:assert/strict";
import { useEngine } from "../../../lib/engine/choose.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { heapOf } from "../../../lib/engine/wasm/heap.ts";
import { SGD } from "../../../lib/training/sgd.ts";
import { batchGradients } from "../../../lib/training/step.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { ramp } from "./support.ts";

Deno.test("200 steps need no more memory than the first ones", async () => {
  await useEngine({ engine: "wasm" });
  const model = buildVGG({
    configuration: "A",
    inputSize: 32,
    classes: 3,
    width: 1 / 16,
    batchNorm: true,
    activation: "linear",
  });
  const optimizer = new SGD({
    momentum: 0.9,
    nesterov: true,
    weightDecay: { kind: "l2", value: 1e-3 },
    clipNorm: 1,
  });
  const step = (index: number): void =>
    tf.tidy(() => {
      const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
      const images = ramp([8, 32, 32, 3]) as tf.Tensor4D;
      const labels = tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], "int32");
      const { gradients } = batchGradients(model, variables, images, labels, {
        labelSmoothing: 0,
        microBatch: 8,
        seed: [1, index],
      });
      optimizer.apply(variables, gradients, 0.01);
    });
  const sizes = (): [number, number] => [
    tf.memory().numTensors,
    heapOf(tf.backend()).memory.buffer.byteLength,
  ];
  for (let index = 0; index < 10; index++) step(index);
  const before = sizes();
  for (let index = 10; index < 200; index++) step(index);
  assert.deepEqual(sizes(), before);
  optimizer.dispose();
  model.dispose();
});
