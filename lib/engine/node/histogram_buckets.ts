import type { NodeJSKernelBackend } from "@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js";
import { tf } from "../tf.ts";

/** A private method of tfjs-node's backend: `[left edge, right edge, count]` of each bucket. */
interface Internals {
  buckets(data: tf.Tensor, bucketCount?: number): tf.Tensor2D;
}

/**
 * Makes histograms of equal values work: tfjs-node concatenates scalars for them, which TensorFlow no
 * longer does. They get one bucket, of width 1, as before.
 */
export function bucketEqualValues({ prototype }: typeof NodeJSKernelBackend): void {
  const internals = prototype as unknown as Internals;
  const { buckets } = internals;
  internals.buckets = function (data, bucketCount): tf.Tensor2D {
    const isCount = bucketCount === undefined || Number.isInteger(bucketCount) && bucketCount > 0;
    const value = isCount && data.size > 0 ? commonValue(data) : undefined;
    if (value === undefined) return buckets.call(this, data, bucketCount);
    return tf.tensor2d([[value - 0.5, value + 0.5, data.size]]);
  };
}

function commonValue(data: tf.Tensor): number | undefined {
  return tf.tidy(() => {
    const values = data.cast("float32");
    const [min, max] = [values.min(), values.max()].map((bound) => bound.dataSync()[0]);
    return min === max ? min : undefined;
  });
}
