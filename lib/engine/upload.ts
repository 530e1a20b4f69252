import { tf } from "./tf.ts";

/**
 * A tensor of values that the caller gives up. Engines take a tensor's values over at its first use, and
 * the garbage collector lets JavaScript's copy live on long after: here it is freed at once.
 *
 * @param values Not to be used any more.
 */
export function uploadAndRelease(values: Float32Array<ArrayBuffer>, shape: number[]): tf.Tensor {
  const tensor = tf.tensor(values, shape);
  // Only the engine in JavaScript computes with the very array.
  if (tf.getBackend() === "cpu" || tensor.size === 0) return tensor;
  tf.dispose(tf.slice(tensor, shape.map(() => 0), shape.map(() => 1)));
  values.buffer.transfer(0);
  return tensor;
}
