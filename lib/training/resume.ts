import { join } from "@std/path";
import { OptionError } from "../errors.ts";
import { removeTemporaries } from "../files/replace_file.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { carryOut } from "./carry_out.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { restoreTensors } from "./checkpoint_tensors.ts";
import { requireSameSettings } from "./contradictions.ts";
import { describeMachine } from "./describe.ts";
import { checkpointsOf, writeResults } from "./keeper.ts";
import { nothingToTrain, sharePlan } from "./plan.ts";
import { loadRecorded, reopenWorkshop, requireSamePictures } from "./reopen.ts";
import { openRun, Run } from "./run.ts";
import type { RunRecord } from "./run_record.ts";
import type { TrainOptions } from "./train.ts";
import { startEngine, takePictures, type Workshop } from "./workshop.ts";

/**
 * Goes on with a run whose training ended before its last epoch; see {@linkcode TrainOptions.resume}.
 *
 * @throws {OptionError} Where no run is named, or another setting is asked for; {RunError} where there is
 *   no such run, another process trains it, its pictures are others now, or its checkpoints are damaged.
 */
export async function resumeRun(options: TrainOptions): Promise<Run> {
  const { run: directory, onMessage } = options;
  if (directory === undefined) {
    throw new OptionError("resume needs the folder of a run. Received: none");
  }
  await openRun(directory); // Throws before there is a lock in a folder of something else.
  using _lock = await Run.lock(directory);
  const run = await openRun(directory);
  requireSameSettings(options, run.record);
  await tidy(directory);
  const checkpoints = checkpointsOf(directory);
  if (run.record.status === "finished") {
    await checkpoints.clear();
    if (options.cluster) await sharePlan(await startEngine(options), nothingToTrain);
    onMessage?.(`${directory} is finished: there is nothing to resume`);
    return run;
  }
  const from = await checkpoints.newest(undefined, onMessage);
  const dataset = await loadRecorded(run.record, {
    ...(options.load ? { load: options.load } : {}),
  });
  const workshop = await reopenWorkshop(run.record, run.record.engine.name, dataset, options);
  await sharePlan(workshop.engine, run.record);
  await using pictures = await takePictures(workshop, options);
  const { data } = run.record;
  requireSamePictures(data, pictures, data.source, "that it had when the run began");
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

/** Says in the record where the run goes on, and what may make its numbers others. */
async function announce(
  run: Run,
  { standing: { history, tally } }: Checkpoint,
  { engine }: Workshop,
): Promise<void> {
  const { record } = run;
  const before = machineOf(record.engine, record.hardware);
  const now = machineOf(engine, describeMachine(engine));
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
  { cpu, cores, threads = cores, workers = 1 }: RunRecord["hardware"],
): string {
  const each = workers === 1 ? "" : ` on each of ${workers} workers`;
  return `${name} ${version} on ${devices.join(", ")} (${cpu}, ${threads} threads${each})`;
}
