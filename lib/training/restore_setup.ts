import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineName, engineNames } from "../engine/engine.ts";
import { RunError } from "../runs/run.ts";
import type { DataSummary, TrainingPlan } from "../runs/run_record.ts";
import { recordedLoad, recordedSettings } from "./config/from_record.ts";
import type { TrainOptions } from "./options.ts";
import { type PreparedData, prepareSetup, type TrainingSetup } from "./setup.ts";

/** Loads the data set of a run, from its recorded source or from `options.data`. */
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

/**
 * Restores the setup that a run began with.
 *
 * @param recorded The name of the run's engine, which is used unless `options` name another one.
 */
export async function restoreSetup(
  plan: TrainingPlan,
  recorded: string,
  dataset: Dataset,
  options: TrainOptions,
): Promise<TrainingSetup> {
  const { seed, precision, microBatch } = plan;
  const { engine: requested = "auto", ...engineOptions } = options.engine ?? {};
  const engine = {
    ...engineOptions,
    engine: requested === "auto" ? engineNamed(recorded) : requested,
  };
  const setup = await prepareSetup(
    { ...options, seed, precision, engine },
    dataset,
    recordedSettings(plan),
  );
  // Sums depend on how a batch is divided, so a change of free memory must not change it.
  // Nor must how images are decoded, which decides the statistics.
  return { ...setup, microBatch, streamed: plan.data.streamed };
}

function engineNamed(name: string): EngineName {
  if (isEngine(name)) return name;
  throw new RunError(
    `the run's engine must be one of ${engineNames.join(", ")}. Received: ${name}`,
  );
}

function isEngine(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/**
 * Checks that decoded images are the same as a run's.
 *
 * @param source The data set's name or path.
 * @param owner Says for the error message whose images they must be, such as `that the chief has`.
 * @throws {RunError} If the number or the content of the images differs.
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
          `others, or in another order`,
      );
    }
  }
}
