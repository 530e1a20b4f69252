import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineName, engineNames } from "../engine/use_engine.ts";
import { RunError } from "../runs/run.ts";
import type { DataSummary, TrainingPlan } from "../runs/run_record.ts";
import { recordedLoad, recordedSettings } from "./config/from_record.ts";
import type { TrainOptions } from "./options.ts";
import { type PreparedData, prepareSetup, type TrainingSetup } from "./setup.ts";

/** The data set of a run, from the recorded place or from `options.data`. */
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
 * The setup that a run had when it began.
 *
 * @param recorded The engine, unless `options` ask for one by name.
 */
export async function restoreSetup(
  plan: TrainingPlan,
  recorded: string,
  dataset: Dataset,
  options: TrainOptions,
): Promise<TrainingSetup> {
  const { seed, precision, microBatch } = plan;
  const { engine: asked = "auto", ...own } = options.engine ?? {};
  const engine = { ...own, engine: asked === "auto" ? engineNamed(recorded) : asked };
  const setup = await prepareSetup(
    { ...options, seed, precision, engine },
    dataset,
    recordedSettings(plan),
  );
  // Sums depend on how a batch is divided, so a change of free memory must not change it.
  return { ...setup, microBatch };
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
 * Makes sure that decoded images are those of a run.
 *
 * @param source The data's name or path.
 * @param owner Whose images they must be, for the error.
 * @throws {RunError} If there are more, fewer or other images.
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
