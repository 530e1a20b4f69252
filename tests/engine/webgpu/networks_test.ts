import { useEngine } from "../../../lib/engine/choose.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { lossGradients } from "../../../lib/training/loss_gradients.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { assertNear, ramp } from "../wasm/support.ts";

const adapter = await navigator.gpu?.requestAdapter();

/** Every kind of layer but the small head's pooling; shaders compile slowly on software adapters. */
const options: VGGOptions = { configuration: "A-LRN", batchNorm: true, dropout: 0.5 };

Deno.test({
  name: "a step on WebGPU has the gradients of plain JavaScript" +
    (adapter ? "" : " (skipped: no adapter)"),
  ignore: !adapter,
  // The device stays open as long as the process lives.
  sanitizeResources: false,
  sanitizeOps: false,
  fn: async () => {
    await useEngine({ engine: "webgpu" });
    const [ours, plain] = [await stepOn("webgpu"), await stepOn("cpu")];
    for (const [name, values] of plain) assertNear(ours.get(name)!, values, 1e-3, name);
  },
});

/** The loss with the number of right images, and the gradients of a tiny net, by name. */
async function stepOn(backend: "webgpu" | "cpu"): Promise<Map<string, Float32Array>> {
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
