import { tf } from "../engine/tf.ts";
import { uploadAndRelease } from "../engine/upload.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { WeightsError } from "./errors.ts";
import { type NetDescription, toMetadata } from "./net.ts";
import { openWeights, type StoredWeights } from "./open_weights.ts";
import { requireMemoryToPredict } from "./network/require_memory.ts";
import { requireShapes } from "./require_shapes.ts";
import { writeSafetensors } from "./safetensors/write_safetensors.ts";
import { weightShapes } from "./weight_shapes.ts";

/**
 * Writes a model's weights, including the moving averages of batch normalization, as safetensors. Names
 * consist of layer and weight, `block1_conv1/kernel`; kernels have TensorFlow's layout.
 *
 * @param description A description of the net to store with its weights.
 */
export async function saveWeights(
  model: tf.LayersModel,
  path: string,
  description?: NetDescription,
): Promise<void> {
  const weights = namedWeights(model);
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape as number[]]));
  // Asynchronous, because not every engine can be read synchronously.
  const read = (name: string): Promise<Float32Array> => weights.get(name)!.read().data<"float32">();
  await writeSafetensors(path, shapes, read, description ? toMetadata(description) : {});
}

/**
 * Loads the weights of a file into a model of the same architecture. The file can be one of
 * {@linkcode saveWeights}, Keras or PyTorch, see {@linkcode openWeights}.
 *
 * @throws {WeightsError} If a name or shape does not fit; the error shows the first of them, and the model is
 *   unchanged. Also if a weight is NaN or infinite; the error names its layer.
 */
export async function loadWeights(model: tf.LayersModel, path: string): Promise<void> {
  using stored = await openWeights(path);
  await assignWeights(model, stored);
}

/**
 * Loads weights into a model of the same architecture.
 *
 * @param except Names of layers that keep their weights.
 * @throws {WeightsError} If a name or shape does not fit; the error shows the first of them, and the model is
 *   unchanged. Also if a weight is NaN or infinite; the error names its layer.
 */
export async function assignWeights(
  model: tf.LayersModel,
  { path, arrays }: Pick<StoredWeights, "path" | "arrays">,
  except: readonly string[] = [],
): Promise<void> {
  const weights = new Map(
    [...namedWeights(model)].filter(([name]) => !except.includes(name.split("/")[0]!)),
  );
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape as number[]]));
  requireShapes(path, arrays, shapes);
  // The largest first: during its upload there are two copies of it, but little else yet.
  for (const [name, weight] of [...weights].sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))) {
    const values = await arrays.get(name)!.read();
    requireFinite(path, name, values);
    const tensor = uploadAndRelease(values, weight.shape as number[]);
    weight.write(tensor);
    tensor.dispose();
  }
}

function requireFinite(path: string, name: string, values: Float32Array): void {
  for (let index = 0; index < values.length; index++) {
    if (Number.isFinite(values[index])) continue;
    throw new WeightsError(
      `${path}: the weights ${name} must be finite numbers. Received: ${values[index]}`,
    );
  }
}

function sizeOf({ shape }: Weight): number {
  return tf.util.sizeFromShape(shape as number[]);
}

/**
 * Builds a network with the given weights; the caller disposes it.
 *
 * @param describedIn The file that describes the network, for errors. Default: that of the weights.
 * @throws {WeightsError} If a name or shape does not fit; the error shows the first of them. Also if the network
 *   needs more memory than is free, or a weight is NaN or infinite.
 */
export async function buildNet(
  network: VGGOptions,
  stored: Pick<StoredWeights, "path" | "arrays">,
  describedIn: string = stored.path,
): Promise<tf.LayersModel> {
  requireMemoryToPredict(describedIn, network);
  requireShapes(stored.path, stored.arrays, weightShapes(network));
  const model = buildBlankVGG(network);
  try {
    await assignWeights(model, stored);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

type Weight = tf.LayersModel["weights"][number];

/** Returns the weights of layers by their names in files, in the layers' order. */
export function namedWeights({ layers }: Pick<tf.LayersModel, "layers">): Map<string, Weight> {
  return new Map(
    layers.flatMap((layer) => layer.weights.map((weight) => [weightName(layer, weight), weight])),
  );
}

/** Returns the name of a weight in files: the layer's name and its own, `block1_conv1/kernel`. */
export function weightName(layer: tf.layers.Layer, weight: Weight): string {
  return `${layer.name}/${weight.originalName.split("/").at(-1)!}`;
}
