import { tf } from "../../../lib/engine/tf.ts";
import { lossGradients } from "../../../lib/training/step/gradients.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { type ConfigurationName, configurations } from "../../../lib/vgg/configurations.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { assertNear, ramp, valuesOn } from "./support.ts";

const networks: VGGOptions[] = [
  ...(Object.keys(configurations) as ConfigurationName[]).flatMap((configuration) => [
    { configuration, dropout: 0.5, head: "small" as const },
    { configuration, batchNorm: true, dropout: 0 },
  ]),
  { configuration: "A", dropout: 0.5, batchNorm: true },
  {
    ...{ configuration: "S", dropout: 0, head: "max", whitening: true, nonlinearity: "gelu" },
    ...{ batchNorm: true, batchNormScale: false, convBias: false, initializer: "dirac" },
  },
];

for (const options of networks) {
  const { configuration, batchNorm = false, dropout, head = "4096-4096" } = options;
  const kind = `batch norm ${batchNorm}, dropout ${dropout}, head ${head}`;
  Deno.test(`a training step of ${configuration} (${kind}) has plain JavaScript's gradients`, async () => {
    const [ours, plain] = [await stepOn("wasm", options), await stepOn("cpu", options)];
    for (const [name, values] of plain) assertNear(ours.get(name)!, values, 1e-3, name);
  });
}

/** The loss and the number of correct predictions, and the gradients of a tiny net, by name. */
async function stepOn(
  backend: "wasm" | "cpu",
  options: VGGOptions,
): Promise<Map<string, Float32Array>> {
  const names: string[] = [];
  const values = await valuesOn(backend, () => {
    const model = buildVGG({
      inputSize: 32,
      classes: 3,
      width: 1 / 16,
      activation: "linear",
      seed: 1,
      ...options,
    });
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const labels = tf.tensor1d([0, 2, 1, 0], "int32");
    const { gradients, summary } = lossGradients(model, variables, {
      images: ramp([4, 32, 32, 3]) as tf.Tensor4D,
      labels,
      seed: tf.tensor1d([1, 2], "int32"),
      labelSmoothing: 0.1,
    });
    names.push("summary", ...model.trainableWeights.map(({ originalName }) => originalName));
    model.dispose();
    return [summary, ...gradients];
  });
  return new Map(names.map((name, index) => [name, values[index]!]));
}
