import type { Augment } from "../../data/augment/mod.ts";
import type { Batch } from "../../data/pipeline/batches.ts";
import { shardOf } from "../../data/pipeline/shard.ts";
import type { Cluster } from "../../engine/cluster.ts";
import { compile, type Compiled, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { lossGradients } from "./gradients.ts";
import { weightName } from "../../weights/weights.ts";
import type { Recipe } from "../recipes.ts";
import { SGD } from "./sgd.ts";
import { AccumulatedStep, type Backward, rowsOf } from "./accumulated_step.ts";
import { readResult, type StepResult } from "./loss.ts";
import { allReduce } from "./all_reduce.ts";

/** What a step works with. */
export interface TrainingStepOptions {
  readonly recipe: Pick<
    Recipe,
    "batchSize" | "momentum" | "nesterov" | "weightDecay" | "clipNorm" | "labelSmoothing"
  >;
  /** Its second half, on the engine, is part of the step. */
  readonly augment: Augment;
  readonly precision: Precision;
  /** The most images that go through the net at once. */
  readonly microBatch: number;
  /** The first layers of a net that is a chain, which stay as they are. Default: none. */
  readonly frozen?: readonly tf.layers.Layer[];
  /** The workers that each take a part of every batch. */
  readonly cluster?: Cluster;
}

/** What a step is given each time. */
export interface StepInput {
  /** What `augment.sample` made of the batch. */
  readonly drawn: readonly tf.Tensor[];
  /** Class indices. */
  readonly labels: ArrayLike<number>;
  readonly rate: number;
  /** Two int32 numbers that decide this step's dropout. */
  readonly seed: readonly [number, number];
  /** What part of the whole batch this is. Default: all of it. */
  readonly part?: BatchShard;
  /** Asks all workers to end after this step. */
  readonly stopRequested?: boolean;
}

/** What a batch says of the whole one that it is a worker's part of. */
export type BatchShard = Pick<Batch, "globalBatchSize" | "isPadding">;

/**
 * One step of training: augmentation, forward and backward pass and update, compiled where the engine
 * can. It ends on another thread where there is one, so that the event loop goes on meanwhile.
 *
 * A batch larger than `microBatch` goes through in parts whose gradients add up to the same mean, so
 * that a batch of 256 large images needs no more memory than a few. Every image has the dropout mask
 * that it has in the whole batch; the statistics of batch normalization are a part's own.
 *
 * Where several workers train, each takes its part of the batch and the gradients are added up over
 * all: every worker makes the update that one alone would make of the whole batch.
 */
export class TrainingStep {
  readonly #microBatch: number;
  readonly #cluster: Cluster | undefined;
  readonly #optimizer: SGD;
  readonly #whole: Compiled<StepArguments, tf.Tensor>;
  readonly #inParts: AccumulatedStep | undefined;
  /** What changes from step to step beside the weights, by the names of these. */
  readonly velocities: ReadonlyMap<string, tf.Variable>;

  /** @param model Gives logits. */
  constructor(model: tf.LayersModel, options: TrainingStepOptions) {
    const { recipe, augment, precision, microBatch, frozen = [], cluster } = options;
    const trained = model.layers.filter((layer) => !frozen.includes(layer)).flatMap((layer) =>
      layer.trainableWeights.map((weight) => ({ name: weightName(layer, weight), weight }))
    );
    const variables = trained.map(({ weight }) => weight.read() as tf.Variable);
    const { labelSmoothing, batchSize } = recipe;
    const worker = shardOf(cluster);
    const backward: Backward = ({ labels, seed, counts, weight, rows, drawn }, sums) =>
      lossGradients(model, variables, {
        images: augment.apply(drawn),
        ...{ labels, seed, labelSmoothing, frozen },
        ...(weight ? { weight } : {}),
        ...(rows ? { rows: { rows, batchSize } } : {}),
        ...(sums ? { share: { allReduce: sums, ...worker, sampleMask: counts } } : {}),
      });
    const optimizer = new SGD(variables, recipe);
    this.velocities = new Map(
      trained.map(({ name }, index) => [name, optimizer.velocities[index]!]),
    );
    this.#microBatch = microBatch;
    this.#cluster = cluster;
    this.#optimizer = optimizer;
    const sums = cluster?.newAllReduce();
    this.#whole = compile((labels, seed, numbers, ...drawn) => {
      sums?.reset();
      const [rate, weight, counts, stopRequested] = tf.unstack(numbers) as tf.Scalar[];
      const all = { labels, seed, counts: counts!, drawn };
      const part = sums
        ? { ...all, weight: weight!, rows: rowsOf(worker, { start: 0, length: labels.size }) }
        : all;
      const { gradients, summary } = backward(part, sums);
      const own = [...gradients, tf.concat1d([summary, stopRequested!.as1D()])];
      const summed = sums ? allReduce(own, sums) : own;
      optimizer.apply(summed.slice(0, -1), rate!);
      return summed.at(-1)!;
    }, { precision });
    if (microBatch * worker.of < recipe.batchSize) {
      this.#inParts = new AccumulatedStep({ variables, backward, optimizer, precision, cluster });
    }
  }

  /** Updates the model. What it is given stays the caller's. */
  async run(input: StepInput): Promise<StepResult> {
    const result = this.#run(input);
    return await (this.#cluster?.withTimeout(result) ?? result);
  }

  async #run(input: StepInput): Promise<StepResult> {
    const { drawn, labels, rate, seed, stopRequested = false, part = wholeOf(labels) } = input;
    const { isPadding, globalBatchSize } = part;
    const share = isPadding ? 0 : labels.length / globalBatchSize;
    const tensors = tf.tidy(() => ({
      labels: tf.tensor1d(Int32Array.from(labels), "int32"),
      seed: tf.tensor1d([...seed], "int32"),
      numbers: tf.tensor1d([rate, share, isPadding ? 0 : 1, Number(stopRequested)]),
    }));
    try {
      // All workers must go through as many parts, also who has one image less.
      const most = Math.ceil(globalBatchSize / (this.#cluster?.size ?? 1));
      if (this.#inParts && most > this.#microBatch) {
        const parts = Math.ceil(most / this.#microBatch);
        const size = this.#microBatch;
        return await this.#inParts.run({ ...tensors, drawn }, {
          parts,
          size,
          share,
          rate,
          stopRequested,
        });
      }
      const { labels, seed, numbers } = tensors;
      return await readResult(this.#whole.callAsync(labels, seed, numbers, ...drawn));
    } finally {
      tf.dispose(tensors);
    }
  }

  dispose(): void {
    this.#whole.dispose();
    this.#inParts?.dispose();
    this.#optimizer.dispose();
  }
}

/** Labels, the seed of dropout, other numbers that change with each step, and what was drawn. */
type StepArguments = readonly [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor[]];

function wholeOf({ length }: ArrayLike<number>): BatchShard {
  return { globalBatchSize: length, isPadding: false };
}
