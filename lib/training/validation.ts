import type { Augment } from "../data/augment/mod.ts";
import { batches } from "../data/batches.ts";
import type { PreparedSplit } from "../data/cache.ts";
import { compile, type Compiled, type Precision } from "../engine/compile.ts";
import { tf } from "../engine/tf.ts";
import { countCorrect, crossEntropy } from "./loss.ts";

/** The mean cross-entropy and the accuracy of a net over all of a split. */
export class Validation {
  readonly #prepare: Augment;
  readonly #score: Compiled<readonly [tf.Tensor1D, ...tf.Tensor[]], tf.Tensor>;

  /**
   * @param model Gives logits.
   * @param prepare Makes the net's input of a batch.
   */
  constructor(
    model: tf.LayersModel,
    { prepare, precision }: { readonly prepare: Augment; readonly precision: Precision },
  ) {
    this.#prepare = prepare;
    this.#score = compile((labels, ...drawn) => {
      const logits = model.apply(prepare.apply(drawn)) as tf.Tensor2D;
      return tf.stack([crossEntropy(logits, labels), countCorrect(logits, labels)]);
    }, { precision });
  }

  async run(split: PreparedSplit, batchSize: number): Promise<{ loss: number; accuracy: number }> {
    let [loss, correct] = [0, 0];
    for await (const batch of batches(split, { batchSize })) {
      const labels = tf.tensor1d(Int32Array.from(batch.labels), "int32");
      const drawn = this.#prepare.draw(batch, 0);
      const score = await this.#score.aside(labels, ...drawn);
      const [batchLoss, batchCorrect] = await score.data<"float32">();
      tf.dispose([labels, ...drawn, score]);
      loss += batchLoss! * batch.length;
      correct += batchCorrect!;
    }
    return { loss: loss / split.length, accuracy: correct / split.length };
  }

  dispose(): void {
    this.#score.dispose();
  }
}
