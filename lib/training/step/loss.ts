import { tf } from "../../engine/tf.ts";

/**
 * Cross-entropy of logits `[batch, classes]` against class indices, averaged over the batch.
 *
 * @param smoothing The fraction of the target that is spread evenly over all classes (Szegedy et al. 2016).
 */
export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D, smoothing = 0): tf.Scalar {
  return tf.tidy(() => {
    const classes = logits.shape[1];
    const targets = tf.oneHot(labels, classes).toFloat().mul(1 - smoothing).add(
      smoothing / classes,
    );
    return tf.logSoftmax(logits).mul(targets).sum(-1).mean<tf.Scalar>().neg();
  });
}

/**
 * Counts the images of a batch whose most probable class is the correct one. Computes in float32: TensorFlow
 * compares and sums integers on the CPU, for which a GPU would wait.
 */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() =>
    logits.argMax(-1).toFloat().equal(labels.toFloat()).toFloat().sum<tf.Scalar>()
  );
}

/** The result of a step: the mean loss over its whole batch, and how many images were classified correctly. */
export interface StepResult {
  readonly loss: number;
  readonly correct: number;
  /** Whether a worker asked all workers to end. */
  readonly wasStopped: boolean;
}

/** Reads and disposes `[loss, correct]` and, of a whole batch, whether a worker asked to end. */
export async function readResult(summary: Promise<tf.Tensor>): Promise<StepResult> {
  const tensor = await summary;
  const [loss, correct, stopped = 0] = await tensor.data<"float32">()
    .finally(() => tensor.dispose());
  return { loss: loss!, correct: correct!, wasStopped: stopped > 0 };
}
