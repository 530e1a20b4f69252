import type { Augment } from "../../data/augment/mod.ts";
import { type Batch, batches, countBatches, type RandomCrop } from "../../data/pipeline/batches.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { shardOf } from "../../data/pipeline/shard.ts";
import type { Cluster } from "../../engine/cluster.ts";
import type { Recipe } from "../recipes.ts";
import { type AugmentedBatch, prefetchBatches } from "./prefetch.ts";
import type { TrainingState } from "./training_state.ts";

/** What decides the batches of an epoch. */
export interface EpochBatchesOptions {
  readonly recipe: Pick<Recipe, "batchSize" | "passesPerEpoch">;
  readonly train: PreparedSplit;
  /** Makes the input of the net from a training batch. */
  readonly augment: Augment;
  readonly crop?: RandomCrop;
  readonly seed: number;
  /** The workers that each take a part of every batch. */
  readonly cluster?: Cluster;
}

/** Steps in an epoch: its batches in all passes over the images. */
export function countSteps(
  { recipe: { passesPerEpoch, batchSize }, train }:
    & Pick<EpochBatchesOptions, "recipe">
    & { readonly train: Pick<PreparedSplit, "length"> },
): number {
  return passesPerEpoch * countBatches(train.length, { batchSize });
}

/** The remaining batches of the current epoch, each augmented while the step before it runs. */
export async function* epochBatches(
  options: EpochBatchesOptions,
  state: TrainingState,
): AsyncGenerator<AugmentedBatch, void, void> {
  const { seed, augment } = options;
  const { steps: first } = state;
  yield* prefetchBatches(
    remainingBatches(options, state),
    (batch, number) => augment.sample(batch, Math.imul(seed, 1_000_003) + first + number),
  );
}

async function* remainingBatches(
  { recipe: { batchSize, passesPerEpoch }, train, seed, crop, cluster }: EpochBatchesOptions,
  { epoch, metrics: { step: done } }: TrainingState,
): AsyncGenerator<Batch, void, void> {
  const perPass = countBatches(train.length, { batchSize });
  for (let pass = Math.floor(done / perPass); pass < passesPerEpoch; pass++) {
    yield* batches(train, {
      batchSize,
      seed,
      epoch: (epoch - 1) * passesPerEpoch + pass,
      skip: Math.max(0, done - pass * perPass),
      ...(crop ? { crop } : {}),
      shard: shardOf(cluster),
    });
  }
}
