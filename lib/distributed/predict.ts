import type { Dataset } from "../data/dataset.ts";
import { shardOf } from "../data/pipeline/shard.ts";
import type { Cluster } from "../engine/cluster.ts";
import type { tf } from "../engine/tf.ts";
import {
  checkpointTensors,
  readTensors,
  restoreTensors,
} from "../training/checkpoint/model_state.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import { broadcastArrays } from "../training/checkpoint/broadcast.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import type { Posteriors } from "../evaluation/posteriors.ts";
import {
  type EvaluatedModel,
  predictRuns,
  type PredictRunsOptions,
} from "../evaluation/predict_runs.ts";

/** What the chief asks the other workers to predict with it: runs, on the images of the first one's data. */
export type PredictionTask = readonly Pick<EvaluatedModel, "record" | "testTime">[];

/**
 * Predicts the validation images of a data set, each worker its part of them, where the engine computes
 * with several; they wait for it in `serveChief`.
 *
 * @param dataset That of the first run.
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

/** The same on a worker that is not the chief, whose task it is. */
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
  const posteriors = await predictRuns(tested, dataset, { ...options, part: shardOf(cluster) });
  await posteriors.addUp(cluster);
  return posteriors;
}
