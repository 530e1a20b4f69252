import type { Dataset, Split } from "../data/dataset.ts";
import { shardOf } from "../data/pipeline/shard.ts";
import type { Cluster } from "../engine/cluster.ts";
import type { tf } from "../engine/tf.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { broadcastArrays } from "../training/checkpoint/broadcast.ts";
import {
  checkpointTensors,
  readTensors,
  restoreTensors,
} from "../training/checkpoint/model_state.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import type { Posteriors } from "./posteriors.ts";
import { type EvaluatedModel, predictRuns, type PredictRunsOptions } from "./predict_runs.ts";

/** The record of a run, by which the other workers open its data set. */
type RunModel = EvaluatedModel & { readonly record: RunRecord };

/** What the chief asks the other workers for: predictions with each run, on the data of the first run. */
export interface PredictionTask {
  readonly models: readonly Pick<RunModel, "record" | "testTime">[];
  readonly split: "train" | "validation" | "test";
}

/**
 * Predicts the images of a split together with the other workers, which wait for this in `serveChief`:
 * each predicts its part of them.
 *
 * @param images The split of that name of the first run's own data set.
 */
export async function predictTogether(
  cluster: Cluster,
  tested: readonly RunModel[],
  { images, split }: { readonly images: Split; readonly split: PredictionTask["split"] },
  options: PredictRunsOptions,
): Promise<Posteriors> {
  await cluster.broadcast<PredictionTask>({
    models: tested.map(({ record, testTime }) => ({ record, testTime })),
    split,
  });
  const shared = tested.map((one) => ({
    ...one,
    load: async () => {
      const model = await one.load();
      await broadcastArrays(cluster, await readTensors(checkpointTensors(model)));
      return model;
    },
  }));
  return await predictPart(cluster, shared, images, options);
}

/** Predicts a worker's part of the images, as the chief asked. */
export async function predictTask(
  { models, split }: PredictionTask,
  dataset: Dataset,
  options: PredictRunsOptions,
): Promise<void> {
  const cluster = options.engine.cluster!;
  const tested = models.map((one) => ({
    ...one,
    load: async (): Promise<tf.LayersModel> => {
      const model = buildBlankVGG({ ...recordedNetwork(one.record), activation: "linear" });
      await restoreTensors(await broadcastArrays(cluster), model);
      return model;
    },
  }));
  await predictPart(cluster, tested, dataset[split]!, options);
}

async function predictPart(
  cluster: Cluster,
  tested: readonly EvaluatedModel[],
  images: Split,
  options: PredictRunsOptions,
): Promise<Posteriors> {
  const posteriors = await predictRuns(tested, images, { ...options, shard: shardOf(cluster) });
  await posteriors.allReduce(cluster);
  return posteriors;
}
