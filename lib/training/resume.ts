import { join } from "@std/path";
import { OptionError } from "../errors.ts";
import { removeTemporaries } from "../files/replace_file.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { runTraining } from "./run_training.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { restoreTensors } from "./checkpoint/model_state.ts";
import { requireMatchingSettings } from "./config/resume_settings.ts";
import { describeMachine } from "./config/to_record.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { restoreResults } from "./checkpoint/restore_results.ts";
import { broadcastPlan, finishedRun } from "../distributed/share_plan.ts";
import { loadRecorded, requireSameData, restoreSetup } from "./restore_setup.ts";
import { openRun, Run } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { TrainOptions } from "./train.ts";
import { prepareData, startEngine, type TrainingSetup } from "./setup.ts";

/**
 * Goes on with a run whose training ended before its last epoch; see {@linkcode TrainOptions.resume}.
 *
 * @throws {OptionError} Where no run is named, or another setting is asked for; {RunError} where there is
 *   no such run, another process trains it, its images are others now, or its checkpoints are damaged.
 */
export async function resumeRun(options: TrainOptions): Promise<Run> {
  const { run: directory, onMessage } = options;
  if (directory === undefined) {
    throw new OptionError("resume needs the folder of a run. Received: none");
  }
  await openRun(directory); // Throws before there is a lock in a folder of something else.
  using _lock = await Run.lock(directory);
  const run = await openRun(directory);
  requireMatchingSettings(options, run.record);
  await removeLeftovers(directory);
  const checkpoints = checkpointsOf(directory);
  if (run.record.status === "finished") {
    await checkpoints.clear();
    if (options.cluster) await broadcastPlan(await startEngine(options), finishedRun);
    onMessage?.(`${directory} is finished: there is nothing to resume`);
    return run;
  }
  const from = await checkpoints.newest(undefined, onMessage);
  const dataset = await loadRecorded(run.record, {
    ...(options.load ? { load: options.load } : {}),
  });
  const setup = await restoreSetup(run.record, run.record.engine.name, dataset, options);
  await broadcastPlan(setup.engine, run.record);
  await using images = await prepareData(setup, options);
  const { data } = run.record;
  requireSameData(data, images, data.source, "that it had when the run began");
  const model = buildBlankVGG(setup.network);
  try {
    await recordResume(run, from, setup);
    await restoreResults(run, from);
    // Other recipes do so themselves, with what else a checkpoint holds.
    if (setup.settings.recipe.linearProbe) await restoreTensors(from.arrays, model);
    return await runTraining(run, { model, setup, images, options, from });
  } finally {
    model.dispose();
  }
}

/** Removes what a process left of a run's files that died while it wrote them. */
async function removeLeftovers(directory: string): Promise<void> {
  await Run.removeTemporaries(directory);
  await removeTemporaries(join(directory, "weights"));
  await checkpointsOf(directory).removeTemporaries();
}

/** Says in the record where the run goes on, and what may make its numbers others. */
async function recordResume(
  run: Run,
  { progress: { history, metrics: metrics } }: Checkpoint,
  { engine }: TrainingSetup,
): Promise<void> {
  const { record } = run;
  const before = machineOf(record.engine, record.hardware);
  const now = machineOf(engine, describeMachine(engine));
  const note = `resumed with ${now} a run that began with ${before}: its numbers may differ in ` +
    `their last bits from those that it would have had`;
  const at = { at: new Date().toISOString(), epoch: history.length + 1, step: metrics.step };
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
