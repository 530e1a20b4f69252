import { type Shard, shardOf } from "../../data/pipeline/shard.ts";
import type { AllReduce, Cluster } from "../../engine/cluster.ts";
import { compile, type Compiled, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { allReduce } from "./all_reduce.ts";
import type { LossGradients } from "./gradients.ts";
import { readResult, type StepResult } from "./loss.ts";
import type { Optimizer } from "./optimizer.ts";

/** The tensors of a part of a batch. */
export interface PartTensors {
  readonly labels: tf.Tensor1D;
  /** The seed of dropout. */
  readonly seed: tf.Tensor1D;
  /** 1, or 0 if the images are padding, which must not count. */
  readonly sampleMask: tf.Scalar;
  /** The fraction of the whole batch's images that are in this part. Default: all of them. */
  readonly batchFraction?: tf.Scalar;
  /** The row of each image in the whole batch, int32. Default: the part is the whole batch. */
  readonly rows?: tf.Tensor1D;
  readonly drawn: readonly tf.Tensor[];
}

/** Computes the gradients of a part; with a `reducer`, as one worker of several. */
export type Backward = (part: PartTensors, reducer?: AllReduce) => LossGradients;

/** The settings of an {@linkcode AccumulatedStep}. */
export interface AccumulatedStepOptions {
  readonly variables: readonly tf.Variable[];
  readonly backward: Backward;
  readonly optimizer: Optimizer;
  readonly precision: Precision;
  readonly cluster: Cluster | undefined;
}

/** Labels, the dropout seed, rows, `[batch fraction, sample mask]`, and the tensors of `augment.sample`. */
type PartArguments = readonly [
  ...[tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D],
  ...tf.Tensor[],
];

/** A step with gradient accumulation: it sums the gradients of all parts in variables, and then applies them. */
export class AccumulatedStep {
  readonly #worker: Shard;
  readonly #accumulators: readonly tf.Variable[];
  readonly #part: Compiled<PartArguments, tf.Tensor>;
  readonly #update: Compiled<readonly [tf.Tensor1D], tf.Tensor>;

  constructor({ variables, backward, optimizer, precision, cluster }: AccumulatedStepOptions) {
    const accumulators = variables.map((variable) =>
      tf.tidy(() => tf.variable(tf.zerosLike(variable), false))
    );
    this.#worker = shardOf(cluster);
    this.#accumulators = accumulators;
    const [partReduce, batchReduce] = [cluster?.newAllReduce(), cluster?.newAllReduce()];
    this.#part = compile((labels, seed, rows, numbers, ...drawn) => {
      partReduce?.reset();
      const [batchFraction, sampleMask] = tf.unstack(numbers) as [tf.Scalar, tf.Scalar];
      const part = { labels, seed, rows, batchFraction, sampleMask, drawn };
      const { gradients, summary } = backward(part, partReduce);
      accumulators.forEach((sum, index) => sum.assign(sum.add(gradients[index]!)));
      return summary;
    }, { precision });
    this.#update = compile((numbers) => {
      batchReduce?.reset();
      const [rate, summary] = tf.split(numbers, [1, numbers.size - 1]) as [tf.Tensor, tf.Tensor];
      const local = [...accumulators, summary];
      const summed = batchReduce ? allReduce(local, batchReduce) : local;
      optimizer.apply(summed.slice(0, -1), rate.asScalar());
      for (const sum of accumulators) sum.assign(tf.zerosLike(sum));
      return summed.at(-1)!;
    });
  }

  /**
   * Computes all parts, then updates the variables.
   *
   * @param batchFraction The fraction of the whole batch's images that are this worker's.
   * @param parts The number of parts, of at most `size` images each. The last one may be only padding.
   */
  async run(
    { labels, seed, drawn }: Pick<PartTensors, "labels" | "seed" | "drawn">,
    { parts, size, batchFraction, rate, stopRequested }: {
      readonly parts: number;
      readonly size: number;
      readonly batchFraction: number;
      readonly rate: number;
      readonly stopRequested: boolean;
    },
  ): Promise<StepResult> {
    const count = labels.size;
    let [loss, correct] = [0, 0];
    for (let part = 0; part < parts; part++) {
      const remaining = Math.min(size, count - part * size);
      const isPadding = remaining <= 0;
      // Padded with the first image, so that all workers compute the same number of parts.
      const [start, length] = isPadding ? [0, 1] : [part * size, remaining];
      const { numbers, rows, slices } = tf.tidy(() => ({
        numbers: tf.tensor1d(isPadding ? [0, 0] : [batchFraction * length / count, 1]),
        rows: rowsOf(this.#worker, { start, length }),
        slices: [labels, ...drawn].map((tensor) => tensor.slice(start, length)),
      }));
      const [partLabels, ...partDrawn] = slices as [tf.Tensor1D, ...tf.Tensor[]];
      try {
        const result = await readResult(
          this.#part.callAsync(partLabels, seed, rows, numbers, ...partDrawn),
        );
        loss += result.loss;
        if (!isPadding) correct += result.correct;
      } finally {
        tf.dispose([numbers, rows, ...slices]);
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
    tf.dispose([...this.#accumulators]);
  }
}

/** Returns the rows in the whole batch of some of a worker's images: the worker has every `of`-th row. */
export function rowsOf(
  { index, of }: Shard,
  { start, length }: { readonly start: number; readonly length: number },
): tf.Tensor1D {
  return tf.tensor1d(Int32Array.from({ length }, (_, at) => index + of * (start + at)), "int32");
}
