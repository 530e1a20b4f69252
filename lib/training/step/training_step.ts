import type { Augment } from "../../data/augment/mod.ts";
import type { Batch } from "../../data/pipeline/batches.ts";
import { shardOf } from "../../data/pipeline/shard.ts";
import type { Cluster } from "../../engine/cluster.ts";
import { compile, type Compiled, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { weightName } from "../../weights/weights.ts";
import type { Recipe } from "../recipes.ts";
import { AccumulatedStep, type Backward, rowsOf } from "./accumulated_step.ts";
import { allReduce } from "./all_reduce.ts";
import { lossGradients } from "./gradients.ts";
import { readResult, type StepResult } from "./loss.ts";
import { Lookahead } from "./lookahead.ts";
import { Optimizer, type OptimizerOptions } from "./optimizer.ts";

/** The settings of a {@linkcode TrainingStep}. */
export interface TrainingStepOptions {
  readonly recipe: OptimizerOptions & Pick<Recipe, "batchSize" | "labelSmoothing" | "lookahead">;
  /** The augmentation. The step includes `apply`, its second half, which runs on the engine. */
  readonly augment: Augment;
  readonly precision: Precision;
  /** The maximum number of images in one forward pass. */
  readonly microBatch: number;
  /** The first layers of a sequential net, which are not trained. Default: none. */
  readonly frozen?: readonly tf.layers.Layer[];
  /** The workers that share every batch. */
  readonly cluster?: Cluster;
}

/** The input of one step. */
export interface StepInput {
  /** The tensors that `augment.sample` returned for the batch. */
  readonly drawn: readonly tf.Tensor[];
  /** Class indices. */
  readonly labels: ArrayLike<number>;
  /** The learning rate. */
  readonly rate: number;
  /** The seed of this step's dropout: two int32 numbers. */
  readonly seed: readonly [number, number];
  /** This worker's shard of the global batch. Default: the whole batch. */
  readonly part?: BatchShard;
  /** Asks all workers to stop after this step. */
  readonly stopRequested?: boolean;
}

/** How a worker's images relate to the global batch. */
export type BatchShard = Pick<Batch, "globalBatchSize" | "isPadding">;

/**
 * One training step: augmentation, forward pass, backward pass and update, compiled if the engine can.
 * If the engine has another thread, the step finishes on it, so that the event loop is not blocked.
 *
 * A batch larger than `microBatch` is computed in micro-batches whose gradients accumulate to the same
 * mean, so that a batch of 256 large images needs no more memory than a few images. Every image gets the
 * same dropout mask as in the whole batch; batch normalization uses the statistics of a micro-batch.
 *
 * If several workers train, each computes its shard of the batch and the gradients are summed over all
 * workers: every worker makes the same update as a single worker with the whole batch.
 */
export class TrainingStep {
  readonly #microBatch: number;
  readonly #cluster: Cluster | undefined;
  readonly #optimizer: Optimizer;
  readonly #whole: Compiled<StepArguments, tf.Tensor>;
  readonly #accumulated: AccumulatedStep | undefined;
  readonly #lookahead: Lookahead | undefined;
  /** The optimizer's state and the slow weights, by their names in checkpoints. */
  readonly state: ReadonlyMap<string, tf.Variable>;

  /** @param model A net that returns logits. */
  constructor(model: tf.LayersModel, options: TrainingStepOptions) {
    const { recipe, augment, precision, microBatch, frozen = [], cluster } = options;
    const trained = model.layers.filter((layer) => !frozen.includes(layer)).flatMap((layer) =>
      layer.trainableWeights.map((weight) => ({
        name: weightName(layer, weight),
        variable: weight.read() as tf.Variable,
      }))
    );
    const variables = trained.map(({ variable }) => variable);
    const { labelSmoothing, batchSize } = recipe;
    const worker = shardOf(cluster);
    const backward: Backward = (
      { labels, seed, sampleMask, batchFraction, rows, drawn },
      reducer,
    ) =>
      lossGradients(model, variables, {
        images: augment.apply(drawn),
        ...{ labels, seed, labelSmoothing, frozen },
        ...(batchFraction ? { batchFraction } : {}),
        ...(rows ? { rows: { rows, batchSize } } : {}),
        ...(reducer ? { replica: { allReduce: reducer, ...worker, sampleMask } } : {}),
      });
    const optimizer = new Optimizer(trained, recipe);
    this.#lookahead = recipe.lookahead && new Lookahead(model);
    this.state = new Map([...optimizer.state, ...this.#lookahead?.state ?? []]);
    this.#microBatch = microBatch;
    this.#cluster = cluster;
    this.#optimizer = optimizer;
    const reducer = cluster?.newAllReduce();
    this.#whole = compile((labels, seed, numbers, ...drawn) => {
      reducer?.reset();
      const [rate, batchFraction, sampleMask, stopRequested] = tf.unstack(numbers) as tf.Scalar[];
      const batch = { labels, seed, sampleMask: sampleMask!, drawn };
      const rows = (): tf.Tensor1D => rowsOf(worker, { start: 0, length: labels.size });
      const shard = reducer ? { ...batch, batchFraction: batchFraction!, rows: rows() } : batch;
      const { gradients, summary } = backward(shard, reducer);
      const local = [...gradients, tf.concat1d([summary, stopRequested!.as1D()])];
      const summed = reducer ? allReduce(local, reducer) : local;
      optimizer.apply(summed.slice(0, -1), rate!);
      return summed.at(-1)!;
    }, { precision });
    if (microBatch * worker.of < recipe.batchSize) {
      this.#accumulated = new AccumulatedStep({
        variables,
        backward,
        optimizer,
        precision,
        cluster,
      });
    }
  }

  /** Runs one step, which updates the model. The caller disposes of the input's tensors. */
  async run(input: StepInput): Promise<StepResult> {
    const result = this.#run(input);
    return await (this.#cluster?.withTimeout(result) ?? result);
  }

  async #run(input: StepInput): Promise<StepResult> {
    const { drawn, labels, rate, seed, stopRequested = false, part = wholeOf(labels) } = input;
    const { isPadding, globalBatchSize } = part;
    const batchFraction = isPadding ? 0 : labels.length / globalBatchSize;
    const tensors = tf.tidy(() => ({
      labels: tf.tensor1d(Int32Array.from(labels), "int32"),
      seed: tf.tensor1d([...seed], "int32"),
      numbers: tf.tensor1d([rate, batchFraction, isPadding ? 0 : 1, Number(stopRequested)]),
    }));
    try {
      // All workers must compute the same number of parts, even if one has an image less.
      const maxImages = Math.ceil(globalBatchSize / (this.#cluster?.size ?? 1));
      if (this.#accumulated && maxImages > this.#microBatch) {
        const parts = Math.ceil(maxImages / this.#microBatch);
        const size = this.#microBatch;
        return await this.#accumulated.run({ ...tensors, drawn }, {
          parts,
          size,
          batchFraction,
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

  /** Averages the weights with the slow ones, of which it keeps the given share; see `keptShare`. */
  lookAhead(kept: number): void {
    this.#lookahead?.update(kept);
  }

  dispose(): void {
    this.#lookahead?.dispose();
    this.#whole.dispose();
    this.#accumulated?.dispose();
    this.#optimizer.dispose();
  }
}

/**
 * Labels, the dropout seed, `[rate, batch fraction, sample mask, stop requested]`, and the tensors of
 * `augment.sample`.
 */
type StepArguments = readonly [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, ...tf.Tensor[]];

function wholeOf({ length }: ArrayLike<number>): BatchShard {
  return { globalBatchSize: length, isPadding: false };
}
