import { randomGenerator } from "../random/generator.ts";
import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { copyShallower } from "./copy_shallower.ts";
import { fillNormal } from "./fill_normal.ts";
import type { Distribution, NormalDistribution, ResolvedVGGOptions } from "./options.ts";

/** The part of the options that says how weights start. */
export type InitialWeights = Pick<
  ResolvedVGGOptions,
  "initializer" | "classifierInitializer" | "seed"
>;

/**
 * Gives every kernel of a network its starting values; biases and normalizations stay as they are.
 * Each layer draws from a stream of its own that follows from the seed and the layer's name, in
 * JavaScript: the weights are the same on every engine, and another head leaves those of the
 * convolutions unchanged.
 *
 * @throws {OptionError} If the weights shall come from a network that shares no layer with this one.
 */
export function initializeVGG(model: tf.LayersModel, options: InitialWeights): void {
  const { initializer, classifierInitializer, seed } = options;
  const isName = typeof initializer === "string";
  const copied = isName ? [] : copyFrom(initializer.from, model);
  const general = isName ? initializer : initializer.others ?? "he";
  for (const layer of model.layers) {
    const [kernel, ...others] = layer.getWeights();
    if (!isWeightLayer(layer) || !kernel || copied.includes(layer.name)) continue;
    const ownRule = layer.name === "predictions" && classifierInitializer !== "same";
    const distribution = ownRule ? classifierInitializer : general;
    const drawn = drawKernel(kernel.shape, distribution, seed, layer.name);
    layer.setWeights([drawn, ...others]);
    drawn.dispose();
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
  return ["Conv2D", "Dense"].includes(layer.getClassName());
}

function drawKernel(
  shape: number[],
  distribution: Distribution | NormalDistribution,
  seed: number,
  name: string,
): tf.Tensor {
  const generator = randomGenerator(seed, name);
  const fanIn = tf.util.sizeFromShape(shape.slice(0, -1));
  const positions = tf.util.sizeFromShape(shape.slice(0, -2));
  const fanOut = positions * (shape.at(-1) ?? 1);
  return inPieces(shape, (values) => {
    if (distribution === "glorot") {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      for (let index = 0; index < values.length; index++) {
        values[index] = limit * generator.next() / 2 ** 31;
      }
    } else {
      fillNormal(values, standardDeviationOf(distribution, fanIn), generator);
    }
    if (distribution === "dirac" && name !== "block1_conv1") identityFilters(values, shape);
  });
}

/** What JavaScript holds at a time of a dense layer's kernel, which can be hundreds of megabytes. */
const denseAtOnce = 2 ** 22;

/** A kernel of values that are written piece by piece, if it is a dense layer's. */
function inPieces(shape: number[], write: (values: Float32Array) => void): tf.Tensor {
  const size = tf.util.sizeFromShape(shape);
  const room = new Float32Array(shape.length === 2 ? Math.min(size, denseAtOnce) : size);
  return tf.tidy(() => {
    const pieces: tf.Tensor[] = [];
    for (let start = 0; start < size; start += room.length) {
      const values = room.subarray(0, size - start);
      write(values);
      // Adding copies them at once.
      pieces.push(tf.tidy(() => tf.tensor1d(values).add(0)));
    }
    return tf.concat(pieces).reshape(shape);
  });
}

/** Makes the first filters of a kernel the identity, as many as it has channels to pass on. */
function identityFilters(values: Float32Array, shape: readonly number[]): void {
  const [height = 0, width = 0, inputs = 0, outputs = 0] = shape;
  const passed = Math.min(inputs, outputs);
  const centre = Math.floor(height / 2) * width + Math.floor(width / 2);
  for (let row = 0; row < height * width * inputs; row++) {
    values.fill(0, row * outputs, row * outputs + passed);
  }
  for (let channel = 0; channel < passed; channel++) {
    values[(centre * inputs + channel) * outputs + channel] = 1;
  }
}

function standardDeviationOf(
  distribution: "he" | "dirac" | "paper" | NormalDistribution,
  fanIn: number,
): number {
  if (typeof distribution === "object") return distribution.standardDeviation;
  return distribution === "paper" ? 0.1 : Math.sqrt(2 / fanIn);
}
