import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineName, engineNames } from "../engine/use_engine.ts";
import type { DataSummary, TrainingPlan } from "../distributed/share_plan.ts";
import { recordedSettings } from "./config/from_record.ts";
import { RunError } from "../runs/run.ts";
import { recordedLoad } from "./config/data_source.ts";
import type { TrainOptions } from "./train.ts";
import { type PreparedData, prepareSetup, type TrainingSetup } from "./setup.ts";

/** The data set of a run, from where its record says it is, or from `options.data`. */
export function loadRecorded(
  { data }: TrainingPlan,
  { load, data: source = data.source }: Pick<TrainOptions, "load" | "data">,
): Promise<Dataset> {
  const { perClass } = data;
  return loadDataset(source, {
    ...load,
    ...recordedLoad(data),
    ...(perClass === undefined ? {} : { perClass }),
  });
}

/** The setup of a run, as it was when the run began. */
export async function restoreSetup(
  plan: TrainingPlan,
  engine: string,
  dataset: Dataset,
  options: TrainOptions,
): Promise<TrainingSetup> {
  const { seed, precision, microBatch } = plan;
  if (!isEngine(engine)) {
    throw new RunError(
      `the run's engine must be one of ${engineNames.join(", ")}. Received: ${engine}`,
    );
  }
  const asked = { ...options, seed, precision, engine: { ...options.engine, engine } };
  const setup = await prepareSetup(asked, dataset, recordedSettings(plan));
  // How a batch is divided changes its sums, whatever memory there is now.
  return { ...setup, microBatch };
}

function isEngine(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/**
 * @param source What the data is called.
 * @param owner Whose images they must be, for the error.
 * @throws {RunError} Where images are more, fewer or others than they must be.
 */
export function requireSameData(
  facts: DataSummary,
  images: PreparedData,
  source: string,
  owner: string,
): void {
  for (const split of ["train", "validation"] as const) {
    const { length, digest } = images[split];
    const what = `${split === "train" ? "training" : split} images`;
    if (length !== facts[split]) {
      throw new RunError(
        `${source} must have the ${facts[split]} ${what} ${owner}. Received: ${length}`,
      );
    }
    if (facts.digests && digest !== facts.digests[split]) {
      throw new RunError(
        `${source} must have the same ${what} ${owner}. Received: as many, of which some are ` +
          `others, or otherwise in order`,
      );
    }
  }
}
