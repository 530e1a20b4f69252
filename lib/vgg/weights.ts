import { tf } from "../engine/tf.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/**
 * Writes a model's weights, the moving statistics of batch normalization included, as safetensors.
 * Names are the layer's and the weight's, `block1_conv1/kernel`; kernels keep TensorFlow's layout.
 */
export async function saveWeights(
  model: tf.LayersModel,
  path: string,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const weights = namedWeights(model);
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape as number[]]));
  // Not every engine can be read from without waiting.
  const read = (name: string): Promise<Float32Array> => weights.get(name)!.read().data<"float32">();
  await writeSafetensors(path, shapes, read, metadata);
}

/**
 * Reads weights that {@linkcode saveWeights} wrote into a model of the same architecture.
 *
 * @throws {TypeError} With every name or shape that does not fit; the model is then unchanged.
 */
export async function loadWeights(model: tf.LayersModel, path: string): Promise<void> {
  const arrays = await readSafetensors(path);
  const weights = namedWeights(model);
  const misfits = [
    ...[...weights].flatMap(([name, { shape }]) => {
      const found = arrays.get(name);
      if (!found) return [`${name} is missing`];
      return String(found.shape) === String(shape)
        ? []
        : [`${name} is [${found.shape}] and should be [${shape}]`];
    }),
    ...[...arrays.keys()].filter((name) => !weights.has(name)).map((name) => `${name} is unknown`),
  ];
  if (misfits.length > 0) throw new TypeError(`${path} does not fit: ${misfits.join("; ")}`);
  for (const [name, weight] of weights) {
    const { shape, values } = arrays.get(name)!;
    const tensor = tf.tensor(values, [...shape]);
    weight.write(tensor);
    tensor.dispose();
  }
}

function namedWeights(model: tf.LayersModel): Map<string, tf.LayersModel["weights"][number]> {
  return new Map(
    model.layers.flatMap((layer) =>
      layer.weights.map((weight) => {
        const short = weight.originalName.split("/").at(-1)!;
        return [`${layer.name}/${short}`, weight] as const;
      })
    ),
  );
}
