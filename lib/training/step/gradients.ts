import type { ReplicaContext } from "../../engine/cluster.ts";
import { disposeOfTape } from "../../engine/dispose_of_tape.ts";
import { tf } from "../../engine/tf.ts";
import type { BatchRows } from "../../vgg/layers/dropout.ts";
import { passThrough } from "./frozen_layers.ts";
import { countCorrect, crossEntropy } from "./loss.ts";

/** The gradients and results of a batch. The caller disposes of them. */
export interface LossGradients {
  /** In the variables' order. */
  readonly gradients: tf.Tensor[];
  /** `[2]`: the mean cross-entropy, times `batchFraction`, and the number of correct images. */
  readonly summary: tf.Tensor1D;
}

/**
 * Computes the gradients of the mean cross-entropy over a batch, or over a part of one.
 *
 * @param model A net that returns logits.
 * @param variables Trained weights, none of a frozen layer.
 * @param images `[batch, height, width, channels]`.
 * @param labels Class indices, `[batch]`, int32.
 * @param seed The seed of dropout: two int32 numbers.
 * @param batchFraction The fraction of the whole batch's images that are in this part. It scales the loss,
 *   so that the sums over all parts are the means over the batch.
 * @param replica Given if other workers compute the other parts.
 * @param rows The rows of a part's images in the whole batch.
 * @param frozen The first layers of a sequential net, which are not trained: they run in inference mode,
 *   and no gradient is computed for them.
 */
export function lossGradients(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  { images, labels, seed, batchFraction, labelSmoothing, replica, rows, frozen = [] }: {
    readonly images: tf.Tensor4D;
    readonly labels: tf.Tensor1D;
    readonly seed: tf.Tensor;
    readonly batchFraction?: tf.Scalar;
    readonly labelSmoothing: number;
    readonly replica?: ReplicaContext;
    readonly rows?: BatchRows;
    readonly frozen?: readonly tf.layers.Layer[];
  },
): LossGradients {
  return tf.tidy(() => {
    const kept: tf.Tensor[] = [];
    const settings = { training: true, seed, share: replica, rows };
    const features = passThrough(frozen, images);
    try {
      const { value, grads } = tf.variableGrads(() => {
        const logits = (frozen.length === 0
          ? model.apply(images, settings)
          : passThrough(model.layers.slice(frozen.length + 1), features, settings)) as tf.Tensor2D;
        // The gradient function disposes of all tensors that it does not return.
        const correct = countCorrect(logits, labels);
        kept.push(tf.keep(replica ? correct.mul(replica.sampleMask) : correct));
        const loss = crossEntropy(logits, labels, labelSmoothing);
        return batchFraction ? loss.mul(batchFraction) : loss;
      }, [...variables]);
      const summary = tf.stack([value, ...kept]) as tf.Tensor1D;
      return { gradients: variables.map(({ name }) => grads[name]!), summary };
    } catch (error) {
      disposeOfTape();
      throw error;
    } finally {
      tf.dispose(kept);
    }
  });
}
