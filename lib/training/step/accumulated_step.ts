import { type Shard, shardOf } from "../../data/pipeline/shard.ts";
import type { AllReduce, Cluster } from "../../engine/cluster.ts";
import { compile, type Compiled, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import type { LossGradients } from "./gradients.ts";
import type { SGD } from "./sgd.ts";
import { allReduce } from "./all_reduce.ts";
import { readResult, type StepResult } from "./loss.ts";

/** A part of a batch, on the engine. */
export interface PartTensors {
  readonly labels: tf.Tensor1D;
  /** Of dropout. */
  readonly seed: tf.Tensor1D;
  /** 1, or 0 where they are there for want of others and must not count. */
  readonly counts: tf.Scalar;
  /** The part's share of the whole batch; without it, the part is all of it. */
  readonly weight?: tf.Scalar;
  /** Which images of the whole batch these are, int32; without it, they are all of it. */
  readonly rows?: tf.Tensor1D;
  readonly drawn: readonly tf.Tensor[];
}

/** The gradients of a part; with `sums`, as one worker of several. */
export type Backward = (part: PartTensors, sums?: AllReduce) => LossGradients;

/** What a step in parts is made of. */
export interface AccumulatedStepOptions {
  readonly variables: readonly tf.Variable[];
  readonly backward: Backward;
  readonly optimizer: SGD;
  readonly precision: Precision;
  readonly cluster: Cluster | undefined;
}

/** Labels, the seed of dropout, rows, other numbers of the part, and what was drawn. */
type PartArguments = readonly [
  ...[tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D],
  ...tf.Tensor[],
];

/** A step whose gradients add up in variables of their own before they are applied. */
export class AccumulatedStep {
  readonly #worker: Shard;
  readonly #sums: readonly tf.Variable[];
  readonly #part: Compiled<PartArguments, tf.Tensor>;
  readonly #update: Compiled<readonly [tf.Tensor1D], tf.Tensor>;

  constructor({ variables, backward, optimizer, precision, cluster }: AccumulatedStepOptions) {
    const own = variables.map((variable) =>
      tf.tidy(() => tf.variable(tf.zerosLike(variable), false))
    );
    this.#worker = shardOf(cluster);
    this.#sums = own;
    const [ofPart, ofBatch] = [cluster?.newAllReduce(), cluster?.newAllReduce()];
    this.#part = compile((labels, seed, rows, numbers, ...drawn) => {
      ofPart?.reset();
      const [weight, counts] = tf.unstack(numbers) as [tf.Scalar, tf.Scalar];
      const part = { labels, seed, rows, weight, counts, drawn };
      const { gradients, summary } = backward(part, ofPart);
      own.forEach((sum, index) => sum.assign(sum.add(gradients[index]!)));
      return summary;
    }, { precision });
    this.#update = compile((numbers) => {
      ofBatch?.reset();
      const [rate, summary] = tf.split(numbers, [1, numbers.size - 1]) as [tf.Tensor, tf.Tensor];
      const parts = [...own, summary];
      const all = ofBatch ? allReduce(parts, ofBatch) : parts;
      optimizer.apply(all.slice(0, -1), rate.asScalar());
      for (const sum of own) sum.assign(tf.zerosLike(sum));
      return all.at(-1)!;
    });
  }

  /**
   * @param share Of all images in the whole batch.
   * @param parts How many, of at most `size` images each; the last may have none of its own.
   */
  async run(
    { labels, seed, drawn }: Pick<PartTensors, "labels" | "seed" | "drawn">,
    { parts, size, share, rate, stopRequested }: {
      readonly parts: number;
      readonly size: number;
      readonly share: number;
      readonly rate: number;
      readonly stopRequested: boolean;
    },
  ): Promise<StepResult> {
    const count = labels.size;
    let [loss, correct] = [0, 0];
    for (let part = 0; part < parts; part++) {
      const own = Math.min(size, count - part * size);
      // The first image stands in, so that every worker has as many parts.
      const [start, length] = own > 0 ? [part * size, own] : [0, 1];
      const { numbers, rows, cut } = tf.tidy(() => ({
        numbers: tf.tensor1d(own > 0 ? [share * length / count, 1] : [0, 0]),
        rows: rowsOf(this.#worker, { start, length }),
        cut: [labels, ...drawn].map((tensor) => tensor.slice(start, length)),
      }));
      const [ownLabels, ...ownDrawn] = cut as [tf.Tensor1D, ...tf.Tensor[]];
      try {
        const result = await readResult(
          this.#part.callAsync(ownLabels, seed, rows, numbers, ...ownDrawn),
        );
        loss += result.loss;
        if (own > 0) correct += result.correct;
      } finally {
        tf.dispose([numbers, rows, ...cut]);
      }
    }
    const numbers = tf.tensor1d([rate, loss, correct, Number(stopRequested)]);
    try {
      return await readResult(this.#update.callAsync(numbers));
    } finally {
      numbers.dispose();
    }
  }

  dispose(): void {
    this.#part.dispose();
    this.#update.dispose();
    tf.dispose([...this.#sums]);
  }
}

/** The rows of a whole batch that some images of a worker are, which has every `of`-th. */
export function rowsOf(
  { index, of }: Shard,
  { start, length }: { readonly start: number; readonly length: number },
): tf.Tensor1D {
  return tf.tensor1d(Int32Array.from({ length }, (_, at) => index + of * (start + at)), "int32");
}
