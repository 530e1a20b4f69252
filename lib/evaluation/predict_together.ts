import type { Dataset } from "../data/dataset.ts";
import { shardOf } from "../data/pipeline/shard.ts";
import type { Cluster } from "../engine/cluster.ts";
import type { tf } from "../engine/tf.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import { broadcastArrays } from "../training/checkpoint/broadcast.ts";
import {
  checkpointTensors,
  readTensors,
  restoreTensors,
} from "../training/checkpoint/model_state.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import type { Posteriors } from "./posteriors.ts";
import { type EvaluatedModel, predictRuns, type PredictRunsOptions } from "./predict_runs.ts";

/** The runs that the chief asks the other workers to predict with, on the data of the first run. */
export type PredictionTask = readonly Pick<EvaluatedModel, "record" | "testTime">[];

/**
 * Predicts the validation images of a data set. If the engine belongs to a cluster, each worker
 * predicts its part of them; the other workers wait for this in `serveChief`.
 *
 * @param dataset The data set of the first run.
 */
export async function predictTogether(
  tested: readonly EvaluatedModel[],
  dataset: Dataset,
  options: PredictRunsOptions,
): Promise<Posteriors> {
  const { cluster } = options.engine;
  if (!cluster) return await predictRuns(tested, dataset, options);
  await cluster.broadcast<PredictionTask>(
    tested.map(({ record, testTime }) => ({ record, testTime })),
  );
  const shared = tested.map((one) => ({
    ...one,
    load: async () => {
      const model = await one.load();
      await broadcastArrays(cluster, await readTensors(checkpointTensors(model)));
      return model;
    },
  }));
  return await predictPart(cluster, shared, dataset, options);
}

/** Predicts a worker's part of the images, as the chief asked. */
export async function predictTask(
  task: PredictionTask,
  dataset: Dataset,
  options: PredictRunsOptions,
): Promise<void> {
  const cluster = options.engine.cluster!;
  const tested = task.map((one) => ({
    ...one,
    load: async (): Promise<tf.LayersModel> => {
      const model = buildBlankVGG({ ...recordedNetwork(one.record), activation: "linear" });
      await restoreTensors(await broadcastArrays(cluster), model);
      return model;
    },
  }));
  await predictPart(cluster, tested, dataset, options);
}

async function predictPart(
  cluster: Cluster,
  tested: readonly EvaluatedModel[],
  dataset: Dataset,
  options: PredictRunsOptions,
): Promise<Posteriors> {
  const posteriors = await predictRuns(tested, dataset, { ...options, shard: shardOf(cluster) });
  await posteriors.allReduce(cluster);
  return posteriors;
}
