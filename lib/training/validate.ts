import type { Augment } from "../data/augment/mod.ts";
import { batches } from "../data/batches.ts";
import type { PreparedSplit } from "../data/cache.ts";
import { tf } from "../engine/tf.ts";
import { countCorrect, crossEntropy } from "./loss.ts";

/**
 * The mean cross-entropy and the accuracy of a net over all of a split.
 *
 * @param model Gives logits.
 * @param prepare Makes the net's input of a batch.
 */
export async function validate(
  model: tf.LayersModel,
  split: PreparedSplit,
  prepare: Augment,
  batchSize: number,
): Promise<{ loss: number; accuracy: number }> {
  let [loss, correct] = [0, 0];
  for await (const batch of batches(split, { batchSize })) {
    const result = tf.tidy(() => {
      const labels = tf.tensor1d(Int32Array.from(batch.labels), "int32");
      const logits = model.apply(prepare(batch, 0)) as tf.Tensor2D;
      return tf.stack([crossEntropy(logits, labels), countCorrect(logits, labels).toFloat()]);
    });
    const [batchLoss, batchCorrect] = result.dataSync<"float32">();
    result.dispose();
    loss += batchLoss! * batch.length;
    correct += batchCorrect!;
  }
  return { loss: loss / split.length, accuracy: correct / split.length };
}
