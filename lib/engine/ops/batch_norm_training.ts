import type { Share } from "../cluster.ts";
import { tf } from "../tf.ts";

/** The normalized batch and what it was normalized by, one value a channel. */
export interface NormalizedBatch {
  y: tf.Tensor4D;
  mean: tf.Tensor1D;
  /**
   * The biased variance: divided by the number of values, as in Keras 3 and the paper of batch
   * normalization.
   */
  variance: tf.Tensor1D;
}

/** A forward pass, the tensors that its gradient needs, and the gradient. */
interface Pass extends NormalizedBatch {
  saved: tf.Tensor[];
  gradient: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/** TensorFlow's fused kernels, where a backend has them. */
const forwardKernel = "FusedBatchNormTraining";
const gradientKernel = "FusedBatchNormTrainingGrad";

/**
 * Normalizes a batch by its own mean and variance over batch, height and width: y = gamma · (x −
 * mean) / √(variance + epsilon) + beta. Gradients flow from y to x, gamma and beta; mean and
 * variance are for moving averages and carry none.
 *
 * @param x [batch, height, width, channels], float32.
 * @param gamma [channels].
 * @param beta [channels].
 * @param epsilon Added to the variance.
 * @param share Where other workers have the rest of the batch: mean and variance are then the whole one's.
 *
 * @example
 * ```ts
 * import { tf } from "../tf.ts";
 * const x = tf.randomNormal<tf.Rank.R4>([8, 4, 4, 64]);
 * const { y, mean, variance } = batchNormTraining(x, tf.ones([64]), tf.zeros([64]), 1e-3);
 * ```
 */
export function batchNormTraining(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  share?: Share,
): NormalizedBatch {
  const isFused = !share && tf.getKernel(forwardKernel, tf.getBackend());
  const runPass = isFused ? fusedPass : composedPass;
  const kept: tf.Tensor1D[] = [];
  const normalize = tf.customGrad<tf.Tensor4D>((...operands) => {
    const pass = runPass(x, gamma, beta, epsilon, share);
    const save = operands.at(-1);
    if (typeof save === "function") save(pass.saved);
    // A custom gradient returns y alone; the statistics leave its scope by being kept for a moment.
    kept.push(tf.keep(pass.mean), tf.keep(pass.variance));
    return { value: pass.y, gradFunc: pass.gradient };
  });
  const y = normalize(x, gamma, beta);
  const [mean, variance] = kept.map((statistic) => statistic.clone());
  tf.dispose(kept);
  if (!mean || !variance) throw new Error("tf.customGrad() did not run the forward pass.");
  return { y, mean, variance };
}

function composedPass(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  share?: Share,
): Pass {
  const { mean, variance, count } = share ? momentsOfAll(x, share) : moments(x);
  const y = tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon);
  const saved = [x, gamma, mean, variance, count];
  return {
    ...{ y, mean, variance, saved },
    gradient: (dy, kept) => composedGradient(dy, kept, epsilon, share),
  };
}

interface Moments extends Pick<NormalizedBatch, "mean" | "variance"> {
  /** Values a channel. */
  count: tf.Scalar;
}

function moments(x: tf.Tensor4D): Moments {
  const mean = tf.mean<tf.Tensor1D>(x, [0, 1, 2]);
  const variance = tf.mean<tf.Tensor1D>(tf.square(tf.sub(x, mean)), [0, 1, 2]);
  return { mean, variance, count: tf.scalar(valuesPerChannel(x)) };
}

/** Of the whole batch: all workers' sums in one message. */
function momentsOfAll(x: tf.Tensor4D, { sums, counts }: Share): Moments {
  const channels = x.shape[3];
  const own = tf.concat1d([
    tf.sum<tf.Tensor1D>(x, [0, 1, 2]),
    tf.sum<tf.Tensor1D>(tf.square(x), [0, 1, 2]),
    tf.tensor1d([valuesPerChannel(x)]),
  ]);
  const all = sums.sum(tf.mul(own, counts));
  const count = tf.slice(all, 2 * channels, 1).asScalar();
  const mean = tf.div<tf.Tensor1D>(tf.slice(all, 0, channels), count);
  const square = tf.div<tf.Tensor1D>(tf.slice(all, channels, channels), count);
  return { mean, variance: tf.relu(tf.sub(square, tf.square(mean))), count };
}

/**
 * With n values a channel, c = x − mean and s = 1 / √(variance + epsilon):
 * dbeta = Σ dy, dgamma = s · Σ dy·c, dx = gamma·s · (dy − dbeta / n − c · s·dgamma / n).
 * The sums in dx are those of the whole batch; the others are added up with all gradients.
 */
function composedGradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  epsilon: number,
  share?: Share,
): tf.Tensor[] {
  // What save() was given, in its order.
  const [x, gamma, mean, variance, count] = saved as [
    ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Scalar],
  ];
  const centred = tf.sub(x, mean);
  const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
  const dbeta = tf.sum(dy, [0, 1, 2]);
  const dgamma = tf.mul(inverseDeviation, tf.sum(tf.mul(dy, centred), [0, 1, 2]));
  const both = tf.stack([dgamma, dbeta]);
  const [dgammaOfAll, dbetaOfAll] = tf.unstack(share ? share.sums.sum(both) : both);
  const scale = tf.mul(gamma, inverseDeviation);
  const slope = tf.div(tf.mul(inverseDeviation, dgammaOfAll!), count);
  const shift = tf.div(dbetaOfAll!, count);
  const dx = tf.mul(scale, tf.sub(dy, tf.add(tf.mul(centred, slope), shift)));
  return [dx, dgamma, dbeta];
}

function fusedPass(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): Pass {
  const inputs = { x, scale: gamma, offset: beta };
  // The kernel's outputs, as TensorFlow's FusedBatchNormV3 defines them.
  const [y, mean, unbiased, ...reserved] = tf.engine().runKernel(
    forwardKernel,
    inputs,
    { epsilon },
  ) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D, tf.Tensor, tf.Tensor, tf.Tensor];
  const count = valuesPerChannel(x);
  const variance = tf.mul<tf.Tensor1D>(unbiased, Math.max(count - 1, 1) / count);
  const saved = [x, gamma, ...reserved];
  return { y, mean, variance, saved, gradient: (dy, kept) => fusedGradient(dy, kept, epsilon) };
}

function fusedGradient(dy: tf.Tensor, saved: tf.Tensor[], epsilon: number): tf.Tensor[] {
  const names = ["x", "scale", "reserve1", "reserve2", "reserve3"];
  const inputs = Object.fromEntries(saved.map((tensor, index) => [names[index], tensor]));
  return tf.engine().runKernel<tf.Tensor[]>(gradientKernel, { dy, ...inputs }, { epsilon });
}

function valuesPerChannel(x: tf.Tensor): number {
  return x.size / (x.shape.at(-1) ?? 1);
}
