import { tf } from "../../engine/tf.ts";

/**
 * Cross-entropy of logits `[batch, classes]` against class indices, averaged over the batch.
 *
 * @param smoothing The share of the target that is spread evenly over all classes (Szegedy et al. 2016).
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
 * How many of a batch's images have their own class on top, in float32: TensorFlow compares and adds up
 * integers on the processor, for which a card would wait.
 */
export function countCorrect(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  return tf.tidy(() =>
    logits.argMax(-1).toFloat().equal(labels.toFloat()).toFloat().sum<tf.Scalar>()
  );
}

/** The result of a step: the mean loss over its whole batch, and how many images were right. */
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
