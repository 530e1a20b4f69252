import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { type EngineName, engineNames } from "../engine/use_engine.ts";
import type { PictureFacts, Plan } from "../distributed/share_plan.ts";
import { recordedSettings } from "./config/from_record.ts";
import { RunError } from "../runs/run.ts";
import { recordedLoad } from "./config/data_source.ts";
import type { TrainOptions } from "./train.ts";
import { openWorkshop, type Pictures, type Workshop } from "./setup.ts";

/** The data set of a run, from where its record says it is, or from `options.data`. */
export function loadRecorded(
  { data }: Plan,
  { load, data: source = data.source }: Pick<TrainOptions, "load" | "data">,
): Promise<Dataset> {
  const { perClass } = data;
  return loadDataset(source, {
    ...load,
    ...recordedLoad(data),
    ...(perClass === undefined ? {} : { perClass }),
  });
}

/** The workshop of a run, as it was when the run began. */
export async function reopenWorkshop(
  plan: Plan,
  engine: string,
  dataset: Dataset,
  options: TrainOptions,
): Promise<Workshop> {
  const { seed, precision, microBatch } = plan;
  if (!isEngine(engine)) {
    throw new RunError(
      `the run's engine must be one of ${engineNames.join(", ")}. Received: ${engine}`,
    );
  }
  const asked = { ...options, seed, precision, engine: { ...options.engine, engine } };
  const workshop = await openWorkshop(asked, dataset, recordedSettings(plan));
  // How a batch is divided changes its sums, whatever memory there is now.
  return { ...workshop, microBatch };
}

function isEngine(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/**
 * @param source What the data is called.
 * @param owner Whose pictures they must be, for the error.
 * @throws {RunError} Where pictures are more, fewer or others than they must be.
 */
export function requireSamePictures(
  facts: PictureFacts,
  pictures: Pictures,
  source: string,
  owner: string,
): void {
  for (const split of ["train", "validation"] as const) {
    const { length, digest } = pictures[split];
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
