import { tf } from "../engine/tf.ts";
import { uploadAndRelease } from "../engine/upload.ts";
import { OptionError } from "../errors.ts";
import { randomGenerator } from "../random/generator.ts";
import { copyShallower } from "./copy_shallower.ts";
import { fillNormal } from "./fill_normal.ts";
import type { Distribution, NormalDistribution, ResolvedVGGOptions } from "./options.ts";

/** The options of the initial weights. */
export type InitialWeights = Pick<
  ResolvedVGGOptions,
  "initializer" | "classifierInitializer" | "seed"
>;

/**
 * Initializes every kernel of a network; biases and normalizations stay unchanged. Each layer has its own
 * random stream, which depends on the seed and the layer's name, so that another head does not change the
 * convolutions. The numbers are drawn in JavaScript, so that they are the same on every engine.
 *
 * @throws {OptionError} If the network in `initializer.from` shares no layer with this one.
 */
export function initializeVGG(model: tf.LayersModel, options: InitialWeights): void {
  const { initializer, classifierInitializer, seed } = options;
  const isName = typeof initializer === "string";
  const copied = isName ? [] : copyFrom(initializer.from, model);
  const distribution = isName ? initializer : initializer.others ?? "he";
  const first = model.layers.find(({ weights }) => weights.length > 0);
  for (const layer of model.layers) {
    const weights = layer.getWeights();
    const kernel = weights.find(({ rank }) => rank > 1);
    if (!isWeightLayer(layer) || !kernel || copied.includes(layer.name)) continue;
    const isClassifier = layer.name === "predictions" && classifierInitializer !== "same";
    const newKernel = drawKernel(
      kernel.shape,
      isClassifier ? classifierInitializer : distribution,
      layer !== first,
      seed,
      layer.name,
    );
    layer.setWeights(weights.map((weight) => weight === kernel ? newKernel : weight));
    newKernel.dispose();
  }
}

function copyFrom(source: tf.LayersModel, model: tf.LayersModel): string[] {
  const copied = copyShallower(source, model);
  if (copied.length > 0) return copied;
  const received = source.layers.map((layer) => layer.name).join(", ");
  throw new OptionError(
    `initializer.from must share layers in name and shape with the network. Received: ${received}`,
  );
}

function isWeightLayer(layer: tf.layers.Layer): boolean {
  return ["Conv2D", "Dense", "Whitening"].includes(layer.getClassName());
}

function drawKernel(
  shape: number[],
  distribution: Distribution | NormalDistribution,
  canPassOn: boolean,
  seed: number,
  name: string,
): tf.Tensor {
  const generator = randomGenerator(seed, name);
  const fanIn = tf.util.sizeFromShape(shape.slice(0, -1));
  const positions = tf.util.sizeFromShape(shape.slice(0, -2));
  const fanOut = positions * (shape.at(-1) ?? 1);
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  if (distribution === "glorot") {
    const limit = Math.sqrt(6 / (fanIn + fanOut));
    for (let index = 0; index < values.length; index++) {
      values[index] = limit * generator.next() / 2 ** 31;
    }
  } else {
    fillNormal(values, standardDeviationOf(distribution, fanIn), generator);
  }
  if (distribution === "dirac" && canPassOn) identityFilters(values, shape);
  // The kernel of a dense layer can have hundreds of megabytes.
  return uploadAndRelease(values, shape);
}

/** Makes the first filters of a kernel the identity: one for each input channel, if there are enough. */
function identityFilters(values: Float32Array, shape: readonly number[]): void {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  const count = Math.min(inputs, outputs);
  const center = Math.floor(height / 2) * width + Math.floor(width / 2);
  for (let row = 0; row < height * width * inputs; row++) {
    values.fill(0, row * outputs, row * outputs + count);
  }
  for (let channel = 0; channel < count; channel++) {
    values[(center * inputs + channel) * outputs + channel] = 1;
  }
}

function standardDeviationOf(
  distribution: "he" | "dirac" | "paper" | NormalDistribution,
  fanIn: number,
): number {
  if (typeof distribution === "object") return distribution.standardDeviation;
  return distribution === "paper" ? 0.1 : Math.sqrt(2 / fanIn);
}
