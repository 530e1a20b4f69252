import assert from "node:assert/strict";
import { batchNormTraining } from "../../../lib/engine/ops/batch_norm_training.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

const epsilon = 1e-3;
const x = tf.tensor4d(wave(2 * 3 * 3 * 4, 0.7), [2, 3, 3, 4]);
const gamma = tf.tensor1d([1, 0.5, -2, 1.5]);
const beta = tf.tensor1d([0, 1, 2, -1]);
const weights = tf.tensor4d(wave(2 * 3 * 3 * 4, 1.3), [2, 3, 3, 4]);

function wave(length: number, step: number): number[] {
  return Array.from({ length }, (_, index) => 2 * Math.sin(step * index * index + 1) + 1);
}

/** A loss whose gradient with respect to y differs from value to value. */
function loss(...[x, gamma, beta]: tf.Tensor[]): tf.Scalar {
  const { y } = batchNormTraining(
    x as tf.Tensor4D,
    gamma as tf.Tensor1D,
    beta as tf.Tensor1D,
    epsilon,
  );
  return tf.sum(tf.mul(weights, tf.square(y)));
}

/** The same loss, composed of TensorFlow.js's differentiable operations. */
function plainLoss(...[x, gamma, beta]: tf.Tensor[]): tf.Scalar {
  const { mean, variance } = tf.moments(x!, [0, 1, 2]);
  const normalized = tf.div(tf.sub(x!, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.sum(tf.mul(weights, tf.square(tf.add(tf.mul(normalized, gamma!), beta!))));
}

Deno.test("batchNormTraining() normalizes each channel and returns its biased moments", () => {
  const { y, mean, variance } = batchNormTraining(x, tf.ones([4]), tf.zeros([4]), 1e-7);
  const expected = tf.moments(x, [0, 1, 2]);
  assertClose(mean, expected.mean, 1e-6);
  assertClose(variance, expected.variance, 1e-5);
  const normalized = tf.moments(y, [0, 1, 2]);
  assertClose(normalized.mean, tf.zeros([4]), 1e-6);
  assertClose(normalized.variance, tf.ones([4]), 1e-5);
});

Deno.test("batchNormTraining() has the gradients of the composed formula", () => {
  const [ours, theirs] = [loss, plainLoss].map((f) => tf.grads(f)([x, gamma, beta]));
  ours?.forEach((gradient, index) => assertClose(gradient, theirs?.[index], 2e-4));
});

Deno.test("batchNormTraining() has the gradients of finite differences", () => {
  const [dx] = tf.grads(loss)([x, gamma, beta]);
  const step = 1e-2;
  const values = x.dataSync();
  for (const index of [0, 7, 40, 71]) {
    const shifted = [step, -step].map((shift) => {
      const copy = values.slice();
      copy[index]! += shift;
      return Number(loss(tf.tensor4d(copy, x.shape), gamma, beta).arraySync());
    });
    const numeric = (shifted[0]! - shifted[1]!) / (2 * step);
    assert.ok(Math.abs(numeric - dx!.dataSync()[index]!) < 0.03, `${numeric} at ${index}`);
  }
});

Deno.test("batchNormTraining() leaves no tensors but its result", () => {
  const before = tf.memory().numTensors;
  tf.dispose({ ...batchNormTraining(x, gamma, beta, epsilon) });
  tf.dispose(tf.grads(loss)([x, gamma, beta]));
  // grads() disposes of the moments with everything else inside loss().
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("batchNormTraining() uses a backend's fused kernels", () => {
  const reference = batchNormTraining(x, gamma, beta, epsilon);
  const referenceGradients = tf.grads(loss)([x, gamma, beta]);
  const calls = registerFusedKernels();
  try {
    const fused = batchNormTraining(x, gamma, beta, epsilon);
    for (const name of ["y", "mean", "variance"] as const) {
      assertClose(fused[name], reference[name], 1e-5);
    }
    const gradients = tf.grads(loss)([x, gamma, beta]);
    gradients.forEach((gradient, index) => assertClose(gradient, referenceGradients[index], 1e-4));
    assert.deepEqual(calls, ["forward", "forward", "gradient"]);
  } finally {
    tf.unregisterKernel("FusedBatchNormTraining", "cpu");
    tf.unregisterKernel("FusedBatchNormTrainingGrad", "cpu");
  }
});

/** Registers kernels with the inputs, attributes and outputs of FusedBatchNormV3 and its gradient. */
function registerFusedKernels(): string[] {
  const calls: string[] = [];
  const count = x.size / 4;
  tf.registerKernel({
    kernelName: "FusedBatchNormTraining",
    backendName: "cpu",
    kernelFunc: ({ inputs, attrs }) => {
      calls.push("forward");
      const { x, scale, offset } = inputs as Record<string, tf.Tensor4D>;
      const { mean, variance } = tf.moments(x!, [0, 1, 2]);
      const y = tf.batchNorm(x!, mean, variance, offset, scale, Number(attrs?.epsilon));
      const unbiased = tf.mul(variance, count / (count - 1));
      return [y, mean, unbiased, mean.clone(), variance, tf.tensor1d([])];
    },
  });
  tf.registerKernel({
    kernelName: "FusedBatchNormTrainingGrad",
    backendName: "cpu",
    kernelFunc: ({ inputs, attrs }) => {
      calls.push("gradient");
      const { dy, x, scale, reserve1, reserve2, reserve3 } = inputs as Record<string, tf.Tensor>;
      assert.equal(reserve3?.size, 0);
      const inverse = tf.rsqrt(tf.add(reserve2!, Number(attrs?.epsilon)));
      const normalized = tf.mul(tf.sub(x!, reserve1!), inverse);
      const doffset = tf.sum(dy!, [0, 1, 2]);
      const dscale = tf.sum(tf.mul(dy!, normalized), [0, 1, 2]);
      const mean = tf.div(tf.add(doffset, tf.mul(normalized, dscale)), count);
      return [tf.mul(tf.mul(scale!, inverse), tf.sub(dy!, mean)), dscale, doffset];
    },
  });
  return calls;
}
