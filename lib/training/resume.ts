import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load.ts";
import { type EngineName, engineNames } from "../engine/choose.ts";
import { describeHardware } from "../engine/hardware.ts";
import { removeTemporaries } from "../files/replace_file.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { carryOut } from "./carry_out.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { restoreTensors } from "./checkpoint_tensors.ts";
import { requireSameSettings } from "./contradictions.ts";
import { checkpointsOf, writeResults } from "./keeper.ts";
import { recordedSettings } from "./recorded_settings.ts";
import { openRun, Run, RunError } from "./run.ts";
import type { RunRecord } from "./run_record.ts";
import { recordedLoad } from "./source.ts";
import type { TrainOptions } from "./train.ts";
import { openWorkshop, type Pictures, takePictures, type Workshop } from "./workshop.ts";

/**
 * Goes on with a run whose training ended before its last epoch; see {@linkcode TrainOptions.resume}.
 *
 * @throws {RangeError} Where no run is named, or another setting is asked for; {RunError} where there is
 *   no such run, another process trains it, its pictures are others now, or its checkpoints are damaged.
 */
export async function resumeRun(options: TrainOptions): Promise<Run> {
  const { run: directory, onMessage } = options;
  if (directory === undefined) {
    throw new RangeError("resume needs the folder of a run. Received: none");
  }
  await openRun(directory); // Throws before there is a lock in a folder of something else.
  using _lock = await Run.lock(directory);
  const run = await openRun(directory);
  requireSameSettings(options, run.record);
  await tidy(directory);
  const checkpoints = checkpointsOf(directory);
  if (run.record.status === "finished") {
    await checkpoints.clear();
    onMessage?.(`${directory} is finished: there is nothing to resume`);
    return run;
  }
  const from = await checkpoints.newest(undefined, onMessage);
  const dataset = await loadRecorded(run.record, options);
  const workshop = await reopenWorkshop(run.record, dataset, options);
  await using pictures = await takePictures(workshop, options);
  requireSamePictures(run.record, pictures);
  const model = buildBlankVGG(workshop.network);
  try {
    await announce(run, from, workshop);
    await writeResults(run, from);
    // Other recipes do so themselves, with what else a checkpoint holds.
    if (workshop.settings.recipe.onFeatures) await restoreTensors(from.arrays, model);
    return await carryOut(run, { model, workshop, pictures, options, from });
  } finally {
    model.dispose();
  }
}

/** Removes what a process left of a run's files that died while it wrote them. */
async function tidy(directory: string): Promise<void> {
  await Run.tidy(directory);
  await removeTemporaries(join(directory, "weights"));
  await checkpointsOf(directory).tidy();
}

function loadRecorded({ data }: RunRecord, { load }: TrainOptions): Promise<Dataset> {
  const { source, perClass } = data;
  return loadDataset(source, {
    ...load,
    ...recordedLoad(data),
    ...(perClass === undefined ? {} : { perClass }),
  });
}

async function reopenWorkshop(
  record: RunRecord,
  dataset: Dataset,
  options: TrainOptions,
): Promise<Workshop> {
  const { seed, precision, microBatch, engine: { name } } = record;
  if (!isEngine(name)) {
    throw new RunError(
      `the run's engine must be one of ${engineNames.join(", ")}. Received: ${name}`,
    );
  }
  const asked = { ...options, seed, precision, engine: { ...options.engine, engine: name } };
  const workshop = await openWorkshop(asked, dataset, recordedSettings(record));
  // How a batch is divided changes its sums, whatever memory there is now.
  return { ...workshop, microBatch };
}

function isEngine(name: string): name is EngineName {
  return (engineNames as readonly string[]).includes(name);
}

/** @throws {RunError} Where pictures are more, fewer or others than when the run began. */
function requireSamePictures({ data }: RunRecord, pictures: Pictures): void {
  for (const split of ["train", "validation"] as const) {
    const { length, digest } = pictures[split];
    const what = `${split === "train" ? "training" : split} images`;
    if (length !== data[split]) {
      throw new RunError(
        `${data.source} must have the ${data[split]} ${what} that it had when the run began. ` +
          `Received: ${length}`,
      );
    }
    if (data.digests && digest !== data.digests[split]) {
      throw new RunError(
        `${data.source} must have the same ${what} as when the run began. Received: as many, of ` +
          `which some are others, or otherwise in order`,
      );
    }
  }
}

/** Says in the record where the run goes on, and what may make its numbers others. */
async function announce(
  run: Run,
  { standing: { history, tally } }: Checkpoint,
  { engine }: Workshop,
): Promise<void> {
  const { record } = run;
  const before = machineOf(record.engine, record.hardware);
  const now = machineOf(engine, { ...describeHardware() });
  const note = `resumed with ${now} a run that began with ${before}: its numbers may differ in ` +
    `their last bits from those that it would have had`;
  const at = { at: new Date().toISOString(), epoch: history.length + 1, step: tally.step };
  await run.update({
    status: "running",
    result: undefined,
    resumed: [...record.resumed ?? [], at],
    warnings: [...record.warnings, ...(now === before ? [] : [note])],
  });
}

/** What decides the order of a sum's terms. */
function machineOf(
  { name, version, devices }: RunRecord["engine"],
  { cpu, cores, threads = cores }: RunRecord["hardware"],
): string {
  return `${name} ${version} on ${devices.join(", ")} (${cpu}, ${threads} threads)`;
}
