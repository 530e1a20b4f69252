import type { Augment } from "../../data/augment/mod.ts";
import { type Batch, batches } from "../../data/pipeline/batches.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { shardOf } from "../../data/pipeline/shard.ts";
import type { Cluster } from "../../engine/cluster.ts";
import { compile, type Compiled, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { countCorrect, crossEntropy } from "../step/loss.ts";

/** What a validation works with. */
export interface ValidationOptions {
  /** Makes the net's input of a batch. */
  readonly prepare: Augment;
  readonly precision: Precision;
  /** The workers that each take a part of the split. */
  readonly cluster?: Cluster;
}

/** The mean cross-entropy and the accuracy of a net over all of a split. */
export class Validation {
  readonly #cluster: Cluster | undefined;
  readonly #prepare: Augment;
  readonly #score: Compiled<readonly [tf.Tensor1D, ...tf.Tensor[]], tf.Tensor>;

  /** @param model Gives logits. */
  constructor(model: tf.LayersModel, { prepare, precision, cluster }: ValidationOptions) {
    this.#prepare = prepare;
    this.#cluster = cluster;
    this.#score = compile((labels, ...drawn) => {
      const logits = model.apply(prepare.apply(drawn)) as tf.Tensor2D;
      return tf.stack([crossEntropy(logits, labels), countCorrect(logits, labels)]);
    }, { precision });
  }

  /** @param most Images that go through the net at once. */
  async run(split: PreparedSplit, most: number): Promise<{ loss: number; accuracy: number }> {
    let [loss, correct] = [0, 0];
    const part = shardOf(this.#cluster);
    for await (const batch of batches(split, { batchSize: most * part.of, shard: part })) {
      if (batch.isPadding) continue;
      const [batchLoss, batchCorrect] = await this.#scoreOf(batch);
      loss += batchLoss! * batch.length;
      correct += batchCorrect!;
    }
    const own = [loss, correct];
    const all = await this.#cluster?.allReduceNumbers(Float32Array.from(own)) ?? own;
    return { loss: all[0]! / split.length, accuracy: all[1]! / split.length };
  }

  /** The mean loss of a batch, and how many images are right. */
  async #scoreOf(batch: Batch): Promise<Float32Array> {
    const drawn = this.#prepare.sample(batch, 0);
    const labels = tf.tensor1d(Int32Array.from(batch.labels), "int32");
    try {
      const score = await this.#score.callAsync(labels, ...drawn);
      return await score.data<"float32">().finally(() => score.dispose());
    } finally {
      tf.dispose([labels, ...drawn]);
    }
  }

  dispose(): void {
    this.#score.dispose();
  }
}
