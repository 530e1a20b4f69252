/** What a program on Node does with the engine of the npm package; says what it computed, as JSON. */
import process from "node:process";
import { compile, OutOfMemoryError, tf, useEngine } from "../../lib/engine/mod.ts";

const engine = await useEngine({ engine: "tensorflow" });
const image = tf.range(0, 2 * 8 * 8 * 3).div(100).reshape([2, 8, 8, 3]) as tf.Tensor4D;
const kernel = tf.range(0, 3 * 3 * 3 * 4).div(100).reshape([3, 3, 3, 4]) as tf.Tensor4D;
const convolved = await tf.conv2d(image, kernel, 1, "same").sum().data();

const weight = tf.variable(tf.scalar(2));
const step = compile((x: tf.Tensor) => {
  weight.assign(weight.sub(x.mul(weight)));
  return weight.square();
});
const steps = [];
for (let index = 0; index < 3; index++) {
  steps.push(...await tf.tidy(() => step(tf.scalar(0.5))).data());
}

const texts = tf.tensor(["a string that does not fit into twenty-two bytes", "short"]);
let message = "";
try {
  tf.matMul(tf.zeros([2, 3]), tf.zeros([2, 3]));
} catch (error) {
  message = (error as Error).message;
}

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      filters: 4,
      kernelSize: 3,
      activation: "relu",
      inputShape: [8, 8, 3],
      kernelInitializer: tf.initializers.glorotUniform({ seed: 1 }),
    }),
    tf.layers.flatten(),
    tf.layers.dense({
      units: 2,
      activation: "softmax",
      kernelInitializer: tf.initializers.glorotUniform({ seed: 2 }),
    }),
  ],
});
model.compile({ optimizer: "adam", loss: "categoricalCrossentropy" });
const labels = tf.tensor2d([[1, 0], [0, 1]]);
const fit = (epochs: number) => model.fit(image, labels, { epochs, verbose: 0 });
await fit(2);
const before = tf.memory().numTensors;
const { history } = await fit(30);

process.stdout.write(JSON.stringify({
  reason: engine.reason,
  convolved: convolved[0],
  steps,
  texts: await texts.data(),
  message,
  losses: history["loss"],
  grown: tf.memory().numTensors - before,
  errors: typeof OutOfMemoryError,
}));
