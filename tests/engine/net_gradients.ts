import { tf } from "../../lib/engine/tf.ts";
import type { EngineName } from "../../lib/engine/engine.ts";
import { lossGradients } from "../../lib/training/step/gradients.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";
import { ramp } from "./wasm/support.ts";

/** The loss and the number of correct predictions, and the gradients of a tiny net, by name. */
export async function gradientsOn(
  backend: EngineName,
  options: VGGOptions,
): Promise<Map<string, Float32Array>> {
  await tf.setBackend(backend);
  const size = { inputSize: 32, classes: 3, width: 1 / 16 };
  const model = buildVGG({ ...size, activation: "linear", seed: 1, ...options });
  const images = ramp([2, 32, 32, 3]);
  const labels = tf.tensor1d([0, 2], "int32");
  const seed = tf.tensor1d([1, 2], "int32");
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { gradients, summary } = lossGradients(model, variables, {
    images: images as tf.Tensor4D,
    labels,
    seed,
    labelSmoothing: 0,
  });
  const values = new Map([["summary", await summary.data<"float32">()]]);
  for (const [index, { originalName }] of model.trainableWeights.entries()) {
    values.set(originalName, await gradients[index]!.data<"float32">());
  }
  tf.dispose([images, labels, seed, summary, ...gradients]);
  model.dispose();
  return values;
}
