import { tf } from "../engine/tf.ts";
import { countCorrect, crossEntropy } from "./loss.ts";

/** The gradients of a batch, and what it gave; the caller disposes of them. */
export interface LossGradients {
  /** In the variables' order. */
  readonly gradients: tf.Tensor[];
  /** The mean cross-entropy, and how many images were right, `[2]`. */
  readonly summary: tf.Tensor1D;
}

/**
 * The gradients of the mean cross-entropy over a batch.
 *
 * @param model Gives logits.
 * @param images `[batch, height, width, channels]`.
 * @param labels Class indices, `[batch]`, int32.
 * @param seed Decides dropout: two int32 numbers.
 */
export function lossGradients(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  { images, labels, seed, labelSmoothing }: {
    readonly images: tf.Tensor4D;
    readonly labels: tf.Tensor1D;
    readonly seed: tf.Tensor;
    readonly labelSmoothing: number;
  },
): LossGradients {
  return tf.tidy(() => {
    const kept: tf.Tensor[] = [];
    const { value, grads } = tf.variableGrads(() => {
      const logits = model.apply(images, { training: true, seed }) as tf.Tensor2D;
      // The tape disposes of all that its function does not return.
      kept.push(tf.keep(countCorrect(logits, labels).toFloat()));
      return crossEntropy(logits, labels, labelSmoothing);
    }, [...variables]);
    const summary = tf.stack([value, ...kept]) as tf.Tensor1D;
    tf.dispose(kept);
    return { gradients: variables.map(({ name }) => grads[name]!), summary };
  });
}
