import type { ReplicaContext } from "../cluster.ts";
import { tf } from "../tf.ts";

/** The normalized batch and its moments, one value per channel. */
export interface NormalizedBatch {
  y: tf.Tensor4D;
  mean: tf.Tensor1D;
  /** The biased variance: divided by the number of values, as in Keras 3 and Ioffe & Szegedy (2015). */
  variance: tf.Tensor1D;
}

/** The result of a forward pass, the tensors that its gradient needs, and the gradient. */
interface ForwardPass extends NormalizedBatch {
  saved: tf.Tensor[];
  gradient: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.Tensor[];
}

/** TensorFlow's fused kernels, which only some backends have. */
const forwardKernel = "FusedBatchNormTraining";
const gradientKernel = "FusedBatchNormTrainingGrad";

/**
 * Normalizes a batch by its own mean and variance over batch, height and width (Ioffe & Szegedy 2015):
 * y = gamma · (x − mean) / √(variance + epsilon) + beta. Gradients flow from y to x, gamma and beta;
 * mean and variance are for moving averages and have none.
 *
 * @param x [batch, height, width, channels], float32.
 * @param gamma [channels].
 * @param beta [channels].
 * @param epsilon Added to the variance.
 * @param replica Set if other workers have the rest of the batch: mean and variance are then those of
 *   the whole batch.
 * @returns Tensors that the caller disposes of.
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
  replica?: ReplicaContext,
): NormalizedBatch {
  const isFused = !replica && tf.getKernel(forwardKernel, tf.getBackend());
  const runForward = isFused ? fusedForward : composedForward;
  const kept: tf.Tensor1D[] = [];
  const normalize = tf.customGrad<tf.Tensor4D>((...operands) => {
    const pass = runForward(x, gamma, beta, epsilon, replica);
    const save = operands.at(-1);
    if (typeof save === "function") save(pass.saved);
    // A function with a custom gradient returns only y; keep() takes the moments out of its scope.
    kept.push(tf.keep(pass.mean), tf.keep(pass.variance));
    return { value: pass.y, gradFunc: pass.gradient };
  });
  const y = normalize(x, gamma, beta);
  const [mean, variance] = kept.map((moment) => moment.clone());
  tf.dispose(kept);
  if (!mean || !variance) throw new Error("tf.customGrad() did not run the forward pass.");
  return { y, mean, variance };
}

function composedForward(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
  replica?: ReplicaContext,
): ForwardPass {
  const { mean, variance, count } = replica ? globalMoments(x, replica) : moments(x);
  const y = tf.batchNorm4d(x, mean, variance, beta, gamma, epsilon);
  const saved = [x, gamma, mean, variance, count];
  return {
    ...{ y, mean, variance, saved },
    gradient: (dy, kept) => composedGradient(dy, kept, epsilon, replica),
  };
}

interface Moments extends Pick<NormalizedBatch, "mean" | "variance"> {
  /** Values per channel. */
  count: tf.Scalar;
}

function moments(x: tf.Tensor4D): Moments {
  const mean = tf.mean<tf.Tensor1D>(x, [0, 1, 2]);
  const variance = tf.mean<tf.Tensor1D>(tf.square(tf.sub(x, mean)), [0, 1, 2]);
  return { mean, variance, count: tf.scalar(valuesPerChannel(x)) };
}

/**
 * The moments of the whole batch. Every worker gets the moments of each part and combines them as in
 * Chan, Golub & LeVeque (1983): the difference of a mean square and a squared mean would lose precision.
 */
function globalMoments(
  x: tf.Tensor4D,
  { allReduce, index, of, sampleMask }: ReplicaContext,
): Moments {
  const part = moments(x);
  const channels = x.shape[3];
  const row = tf.concat1d([part.count.mul(sampleMask).as1D(), part.mean, part.variance]);
  const table = tf.pad2d(row.as2D(1, -1), [[index, of - 1 - index], [0, 0]]);
  const columns = tf.split(allReduce.reduce(table), [1, channels, channels], 1);
  const [counts, means, variances] = columns as [tf.Tensor, tf.Tensor, tf.Tensor];
  const count = tf.sum<tf.Scalar>(counts);
  const average = (values: tf.Tensor): tf.Tensor1D =>
    tf.div<tf.Tensor1D>(tf.sum(tf.mul(values, counts), 0), count);
  const mean = average(means);
  return { mean, variance: average(tf.add(variances, tf.square(tf.sub(means, mean)))), count };
}

/**
 * With n values per channel, c = x − mean and s = 1 / √(variance + epsilon):
 * dbeta = Σ dy, dgamma = s · Σ dy·c, dx = gamma·s · (dy − dbeta / n − c · s·dgamma / n).
 * The sums in dx are over the whole batch. The returned dgamma and dbeta are this worker's: the training
 * step adds them up with all other gradients.
 */
function composedGradient(
  dy: tf.Tensor,
  saved: tf.Tensor[],
  epsilon: number,
  replica?: ReplicaContext,
): tf.Tensor[] {
  // In the order in which they were saved.
  const [x, gamma, mean, variance, count] = saved as [
    ...[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor, tf.Scalar],
  ];
  const centered = tf.sub(x, mean);
  const inverseDeviation = tf.rsqrt(tf.add(variance, epsilon));
  const dbeta = tf.sum(dy, [0, 1, 2]);
  const dgamma = tf.mul(inverseDeviation, tf.sum(tf.mul(dy, centered), [0, 1, 2]));
  const local = tf.stack([dgamma, dbeta]);
  const [globalDgamma, globalDbeta] = tf.unstack(
    replica ? replica.allReduce.reduce(local) : local,
  );
  const scale = tf.mul(gamma, inverseDeviation);
  // Padding has no influence on mean and variance.
  const weight = tf.div(replica?.sampleMask ?? 1, count);
  const factor = tf.mul(tf.mul(inverseDeviation, globalDgamma!), weight);
  const shift = tf.mul(globalDbeta!, weight);
  const dx = tf.mul(scale, tf.sub(dy, tf.add(tf.mul(centered, factor), shift)));
  return [dx, dgamma, dbeta];
}

function fusedForward(
  x: tf.Tensor4D,
  gamma: tf.Tensor1D,
  beta: tf.Tensor1D,
  epsilon: number,
): ForwardPass {
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
