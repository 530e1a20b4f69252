import type { ReplicaContext } from "../cluster.ts";
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
  share?: ReplicaContext,
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
  share?: ReplicaContext,
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

/**
 * Of the whole batch. Every worker learns the moments of each part and joins them as Chan, Golub and
 * LeVeque do (1983): a mean of squares less the square of a mean would lose what is small.
 */
function momentsOfAll(x: tf.Tensor4D, { sums, index, of, counts }: ReplicaContext): Moments {
  const own = moments(x);
  const channels = x.shape[3];
  const row = tf.concat1d([own.count.mul(counts).as1D(), own.mean, own.variance]);
  const table = tf.pad2d(row.as2D(1, -1), [[index, of - 1 - index], [0, 0]]);
  const parts = tf.split(sums.reduce(table), [1, channels, channels], 1);
  const [shares, means, variances] = parts as [tf.Tensor, tf.Tensor, tf.Tensor];
  const count = tf.sum<tf.Scalar>(shares);
  const over = (values: tf.Tensor): tf.Tensor1D =>
    tf.div<tf.Tensor1D>(tf.sum(tf.mul(values, shares), 0), count);
  const mean = over(means);
  return { mean, variance: over(tf.add(variances, tf.square(tf.sub(means, mean)))), count };
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
  share?: ReplicaContext,
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
  const [dgammaOfAll, dbetaOfAll] = tf.unstack(share ? share.sums.reduce(both) : both);
  const scale = tf.mul(gamma, inverseDeviation);
  // What does not count has no part in mean and variance.
  const portion = tf.div(share?.counts ?? 1, count);
  const gradient = tf.mul(tf.mul(inverseDeviation, dgammaOfAll!), portion);
  const shift = tf.mul(dbetaOfAll!, portion);
  const dx = tf.mul(scale, tf.sub(dy, tf.add(tf.mul(centred, gradient), shift)));
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
