import type { ReplicaContext } from "../../engine/cluster.ts";
import { tf } from "../../engine/tf.ts";
import type { BatchRows } from "../../vgg/layers/dropout.ts";
import { countCorrect, crossEntropy } from "./loss.ts";
import { passThrough } from "./frozen_layers.ts";

/** The gradients of a batch, and what it gave; the caller disposes of them. */
export interface LossGradients {
  /** In the variables' order. */
  readonly gradients: tf.Tensor[];
  /** The mean cross-entropy, times the weight, and how many images were right, `[2]`. */
  readonly summary: tf.Tensor1D;
}

/**
 * The gradients of the mean cross-entropy over a batch, or over a part of one.
 *
 * @param model Gives logits.
 * @param variables None of a frozen layer's.
 * @param images `[batch, height, width, channels]`.
 * @param labels Class indices, `[batch]`, int32.
 * @param seed Decides dropout: two int32 numbers.
 * @param weight The part's share of the whole batch: sums over all parts are then the batch's means.
 * @param share Where other workers have the other parts.
 * @param rows Of a part: which images of the whole batch these are.
 * @param frozen The first layers of a chain that stay as they are: they compute as in inference, and
 *   no gradient is taken through them.
 */
export function lossGradients(
  model: tf.LayersModel,
  variables: readonly tf.Variable[],
  { images, labels, seed, weight, labelSmoothing, share, rows, frozen = [] }: {
    readonly images: tf.Tensor4D;
    readonly labels: tf.Tensor1D;
    readonly seed: tf.Tensor;
    readonly weight?: tf.Scalar;
    readonly labelSmoothing: number;
    readonly share?: ReplicaContext;
    readonly rows?: BatchRows;
    readonly frozen?: readonly tf.layers.Layer[];
  },
): LossGradients {
  return tf.tidy(() => {
    const kept: tf.Tensor[] = [];
    const settings = { training: true, seed, share, rows };
    const features = passThrough(frozen, images);
    try {
      const { value, grads } = tf.variableGrads(() => {
        const logits = (frozen.length === 0
          ? model.apply(images, settings)
          : passThrough(model.layers.slice(frozen.length + 1), features, settings)) as tf.Tensor2D;
        // The tape disposes of all that its function does not return.
        const correct = countCorrect(logits, labels);
        kept.push(tf.keep(share ? correct.mul(share.sampleMask) : correct));
        const loss = crossEntropy(logits, labels, labelSmoothing);
        return weight ? loss.mul(weight) : loss;
      }, [...variables]);
      const summary = tf.stack([value, ...kept]) as tf.Tensor1D;
      return { gradients: variables.map(({ name }) => grads[name]!), summary };
    } catch (error) {
      dropTape();
      throw error;
    } finally {
      tf.dispose(kept);
    }
  });
}

/** Frees what the backward pass would have needed, which tfjs keeps where a pass fails. */
function dropTape(): void {
  const { state } = tf.engine();
  for (const { saved = [] } of state.activeTape ?? []) tf.dispose(saved);
  state.activeTape = [];
}
