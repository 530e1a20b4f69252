import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { activationRms } from "../../../lib/vgg/analysis/activation_rms.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";

Deno.test("activationRms() measures each weight layer as by hand", async () => {
  await tf.setBackend("cpu");
  const input = tf.input({ shape: [1, 1, 1] });
  const fixed = { useBias: false, kernelInitializer: tf.initializers.constant({ value: 3 }) };
  const convolution = tf.layers.conv2d({ name: "conv", filters: 2, kernelSize: 1, ...fixed });
  const dense = tf.layers.dense({ name: "fc", units: 1, ...fixed });
  const flat = tf.layers.flatten().apply(convolution.apply(input));
  const model = tf.model({ inputs: input, outputs: dense.apply(flat) as tf.SymbolicTensor });
  const images = tf.tensor4d([1, -7], [2, 1, 1, 1]);
  const before = tf.memory().numTensors;
  // The root mean square of 1 and -7 is 5. Each layer multiplies by 3, and the second adds two values.
  assert.deepEqual(activationRms(model, images), [
    { name: "conv", strength: 15 },
    { name: "fc", strength: 90 },
  ]);
  assert.equal(tf.memory().numTensors, before);
  model.dispose();
  images.dispose();
});

/** He et al. 2015: their initialization keeps the signal, Glorot's halves its square in each layer. */
Deno.test("activationRms() shows that Glorot's initialization loses the signal and He's does not", async () => {
  await tf.setBackend("cpu");
  const loss = (initializer: "he" | "glorot"): number => {
    const model = buildVGG({ configuration: "B", width: 1 / 8, inputSize: 32, initializer });
    const images = tf.randomNormal<tf.Rank.R4>([1, 32, 32, 3], 0, 1, "float32", 1);
    const convolutions = activationRms(model, images).filter(({ name }) => name.includes("conv"));
    model.dispose();
    images.dispose();
    return convolutions[0]!.strength / convolutions.at(-1)!.strength;
  };
  assert.ok(loss("glorot") > 10 * loss("he"), `${loss("glorot")} and ${loss("he")}`);
});
