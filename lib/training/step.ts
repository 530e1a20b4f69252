import { tf } from "../engine/tf.ts";
import { countCorrect, crossEntropy } from "./loss.ts";

/** What a step works with. */
export interface StepOptions {
  readonly labelSmoothing: number;
  /** The most images that go through the net at once. */
  readonly microBatch: number;
  /** Two int32 numbers that decide this step's dropout. */
  readonly seed: readonly [number, number];
}

/** The gradients of a batch, and what it gave. */
export interface StepResult {
  /** By variable; the caller disposes of them. */
  readonly gradients: tf.NamedTensorMap;
  readonly loss: number;
  readonly correct: number;
}

/**
 * The gradients of the mean cross-entropy over a batch. A batch larger than `microBatch` goes through
 * in parts whose gradients add up to the same mean, so that a batch of 256 large images needs no more
 * memory than a few; only the statistics of batch normalization are then a part's own.
 *
 * @param model Gives logits.
 * @param images `[batch, height, width, channels]`.
 * @param labels Class indices, `[batch]`, int32.
 */
export function batchGradients(
  model: tf.LayersModel,
  variables: tf.Variable[],
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  options: StepOptions,
): StepResult {
  const batch = images.shape[0];
  let gradients: tf.NamedTensorMap = {};
  let loss = 0;
  let correct = 0;
  for (let start = 0; start < batch; start += options.microBatch) {
    const length = Math.min(options.microBatch, batch - start);
    const share = length / batch;
    const part = partGradients(model, variables, images, labels, { start, length, ...options });
    gradients = accumulate(gradients, part.gradients, share);
    loss += part.loss * share;
    correct += part.correct;
  }
  return { gradients, loss, correct };
}

function partGradients(
  model: tf.LayersModel,
  variables: tf.Variable[],
  images: tf.Tensor4D,
  labels: tf.Tensor1D,
  { start, length, labelSmoothing, seed }: StepOptions & { start: number; length: number },
): StepResult {
  const { gradients, scalars } = tf.tidy(() => {
    const x = images.slice(start, length);
    const y = labels.slice(start, length);
    const kept: tf.Scalar[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const settings = { training: true, seed: tf.tensor1d([...seed], "int32") };
      const logits = model.apply(x, settings) as tf.Tensor2D;
      // The tape disposes of all that its function does not return.
      kept.push(tf.keep(countCorrect(logits, y)));
      return crossEntropy(logits, y, labelSmoothing);
    }, variables);
    const scalars = tf.stack([value, ...kept.map((count) => count.toFloat())]) as tf.Tensor1D;
    tf.dispose(kept);
    return { gradients: grads, scalars };
  });
  const [loss, correct] = scalars.dataSync<"float32">();
  scalars.dispose();
  return { gradients, loss: loss!, correct: correct! };
}

/** Adds a part's gradients, which it disposes of, to the sum. A batch in one part costs nothing. */
function accumulate(
  sum: tf.NamedTensorMap,
  part: tf.NamedTensorMap,
  share: number,
): tf.NamedTensorMap {
  if (share === 1) return part;
  const next: tf.NamedTensorMap = {};
  for (const [name, gradient] of Object.entries(part)) {
    const earlier = sum[name];
    next[name] = tf.tidy(() => earlier ? earlier.add(gradient.mul(share)) : gradient.mul(share));
    tf.dispose([gradient, ...(earlier ? [earlier] : [])]);
  }
  return next;
}
