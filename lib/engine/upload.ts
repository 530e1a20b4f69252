import { tf } from "./tf.ts";

/** The plain JavaScript engine computes with the array itself, and WebGPU does so for small tensors. */
const keepsArrays = new Set(["cpu", "webgpu"]);

/**
 * Uploads `values` to the engine and detaches their buffer, so that JavaScript's copy is freed at once
 * and not at some later garbage collection.
 *
 * @param values Must not be used afterwards.
 * @returns A float32 tensor, which the caller disposes of.
 */
export function uploadAndRelease(values: Float32Array<ArrayBuffer>, shape: number[]): tf.Tensor {
  const tensor = tf.tensor(values, shape);
  if (keepsArrays.has(tf.getBackend()) || tensor.size === 0) return tensor;
  // Engines upload a tensor's values when it is first used.
  tf.dispose(tf.slice(tensor, shape.map(() => 0), shape.map(() => 1)));
  values.buffer.transfer(0);
  return tensor;
}
