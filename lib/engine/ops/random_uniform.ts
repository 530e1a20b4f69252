import { uniformFloat32 } from "pure-rand/distribution/uniformFloat32";
import { randomGenerator } from "../../random/generator.ts";
import { tf } from "../tf.ts";

/** A kernel that some backends have: inputs `{ seed }`, attribute `shape`. */
const kernel = "StatelessRandomUniform";

/**
 * Draws uniform numbers from [0, 1) that depend only on the seed and the backend. If the backend has a
 * kernel for it, the seed is not read, so that a compiled function can take it as an argument.
 *
 * @param shape Shape of the result.
 * @param seed Two int32 numbers, shape [2].
 * @returns A float32 tensor; it has no gradient.
 * @throws {RangeError} If the seed has another shape or type.
 *
 * @example
 * ```ts
 * import { tf } from "../tf.ts";
 * const noise = randomUniform([2, 3], tf.tensor1d([42, 0], "int32"));
 * ```
 */
export function randomUniform(shape: number[], seed: tf.Tensor): tf.Tensor {
  if (seed.dtype !== "int32" || seed.size !== 2 || seed.rank !== 1) {
    const received = `${seed.dtype} [${seed.shape}]`;
    throw new RangeError(`The seed must be an int32 tensor of shape [2]. Received: ${received}`);
  }
  if (tf.getKernel(kernel, tf.getBackend())) {
    return tf.engine().runKernel<tf.Tensor>(kernel, { seed }, { shape });
  }
  const generator = randomGenerator(...seed.dataSync());
  const values = new Float32Array(tf.util.sizeFromShape(shape));
  for (let index = 0; index < values.length; index++) values[index] = uniformFloat32(generator);
  return tf.tensor(values, shape);
}
