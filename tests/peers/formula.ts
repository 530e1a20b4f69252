import { tf } from "../../lib/engine/tf.ts";

/**
 * `count` values in [-1, 1) that look random; another stream gives others. As in formula.py, bit
 * for bit.
 */
export function formulaValues(count: number, stream: number): Float64Array {
  const start = Math.imul(stream + 1, 0x9e3779b9);
  return new Float64Array(count).map((_, index) => {
    let mixed = Math.imul(index ^ start, 0x85ebca6b);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0xc2b2ae35);
    mixed ^= mixed >>> 16;
    return mixed / 2 ** 31;
  });
}

/** Images of shape [count, size, size, channels] in [-1, 1). */
export function formulaImages(count: number, size: number, channels: number): tf.Tensor4D {
  const shape: [number, number, number, number] = [count, size, size, channels];
  return tf.tensor4d(Float32Array.from(formulaValues(tf.util.sizeFromShape(shape), 1000)), shape);
}

/** Gives a network He-scaled kernels, small biases and normalizations near the identity. */
export function setFormulaWeights(model: tf.LayersModel): void {
  let stream = 0;
  for (const layer of model.layers) {
    const tensors = layer.weights.map(({ originalName, shape }) => {
      const sizes = shape.map((size) => size ?? 0);
      const values = formulaValues(tf.util.sizeFromShape(sizes), stream++);
      const [scale, offset] = scaleAndOffset(originalName.split("/").at(-1), sizes);
      return tf.tensor(Float32Array.from(values, (value) => offset + scale * value), sizes);
    });
    layer.setWeights(tensors);
    tf.dispose(tensors);
  }
}

function scaleAndOffset(name: string | undefined, shape: number[]): [number, number] {
  if (name === "kernel") return [Math.sqrt(6 / tf.util.sizeFromShape(shape.slice(0, -1))), 0];
  if (name === "gamma") return [0.1, 1];
  return name === "moving_variance" ? [0.5, 1] : [0.1, 0];
}
