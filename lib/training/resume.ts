import { join } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { OptionError } from "../errors.ts";
import { removeTemporaries } from "../files/replace_file.ts";
import { digestsFolder } from "../runs/image_digests.ts";
import { openRun, Run, RunError } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { buildBlankVGG } from "../vgg/build.ts";
import { broadcastPlan } from "./broadcast_plan.ts";
import type { Checkpoint } from "./checkpoint/checkpoint.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { restoreTensors } from "./checkpoint/model_state.ts";
import { restoreResults } from "./checkpoint/restore_results.ts";
import { requireResumable } from "./config/given_settings.ts";
import { describeExtension, lastCheckpoint, withEpochs } from "./extend_run.ts";
import { describeMachineChange } from "./machine_change.ts";
import type { TrainOptions } from "./options.ts";
import { loadRecorded, requireSameData, restoreSetup } from "./restore_setup.ts";
import { runTraining } from "./run_training.ts";
import { writeDigests } from "./write_digests.ts";
import { prepareData, startEngine, type TrainingSetup } from "./setup.ts";

/**
 * Continues a run whose training ended before its last epoch, or trains a finished one for more epochs;
 * see {@linkcode TrainOptions.resume}.
 *
 * @throws {OptionError} If no run is named, or a setting is given that the run keeps; {RunError} if there
 *   is no such run, another process trains it, its images changed, or its checkpoints are damaged.
 */
export async function resumeRun(options: TrainOptions): Promise<Run> {
  const { run: directory, onMessage, changes: { epochs, ...changes } = {} } = options;
  requireResumable({ ...options, changes });
  if (directory === undefined) {
    throw new OptionError("resume needs the folder of a run. Received: none");
  }
  await openRun(directory); // Before the lock: it must not appear in a folder without a run.
  using _lock = await Run.lock(directory);
  const run = await openRun(directory);
  await removeLeftovers(run);
  const checkpoints = checkpointsOf(run);
  const isExtended = run.record.status === "finished" && epochs !== undefined;
  if (!isExtended) requireResumable(options);
  if (run.record.status === "finished" && !isExtended) {
    await checkpoints.clear();
    if (options.cluster) await broadcastPlan(await startEngine(options), { kind: "finished" });
    onMessage?.(`${directory} is finished: there is nothing to resume`);
    return run;
  }
  const record = isExtended ? withEpochs(run, epochs) : run.record;
  const from = isExtended
    ? await lastCheckpoint(run, onMessage)
    : await checkpoints.newest(undefined, onMessage);
  const dataset = await loadAgain(record, options);
  const setup = await restoreSetup(record, record.engine.name, dataset, options);
  const source = options.data ?? record.data.source;
  const data = { ...record.data, source };
  await broadcastPlan(setup.engine, { kind: "plan", plan: { ...record, data } });
  await using images = await prepareData(setup, options);
  requireSameData(data, images, source, "that it had when the run began");
  // A run of an earlier version has none yet.
  await writeDigests(directory, images);
  const model = buildBlankVGG(setup.network);
  try {
    if (source !== record.data.source) {
      onMessage?.(`data       ${source}, with the same images as ${record.data.source} had`);
    }
    if (isExtended) {
      const { recipe } = setup.settings;
      const classes = record.data.classes.length;
      onMessage?.(describeExtension(recipe, { train: images.train, classes }, from));
      await checkpoints.write(from); // Before the record: every run that is not finished has one.
    }
    await recordResume(run, from, setup, { ...record, data }, onMessage);
    await restoreResults(run, from);
    // The other recipes restore these themselves, together with the optimizer's state.
    if (setup.settings.recipe.linearProbe) await restoreTensors(from.arrays, model);
    return await runTraining(run, { model, setup, images, options, from });
  } finally {
    model.dispose();
  }
}

/**
 * Loads the data set of a run, or the same one from the place that `options.data` names.
 *
 * @throws {DataError} If it is not there or lacks a class; {RunError} if the record has no digests that
 *   could prove the images.
 */
async function loadAgain(record: RunRecord, { data, load }: TrainOptions): Promise<Dataset> {
  const from = { ...load ? { load } : {}, ...data === undefined ? {} : { data } };
  const { source, digests } = record.data;
  const dataset = await loadRecorded(record, from).catch((error) => {
    if (!(error instanceof DataError) || data !== undefined) throw error;
    throw new DataError(
      `${error.message}; if the images of this run moved, say where they are: --resume --data PATH`,
    );
  });
  if (data === undefined || data === source) return dataset;
  if (!digests) {
    throw new RunError(
      `${record.name} has no digests of its images, so that data must stay ${source}. ` +
        `Received: ${data}`,
    );
  }
  return dataset;
}

/** Removes the temporary files of a process that died while it wrote them. */
async function removeLeftovers(run: Run): Promise<void> {
  const { directory } = run;
  await Run.removeTemporaries(directory);
  await removeTemporaries(join(directory, "weights"));
  await removeTemporaries(join(directory, digestsFolder));
  await checkpointsOf(run).removeTemporaries();
}

/** Records where the run continues, and warns if another engine or machine may change its numbers. */
async function recordResume(
  run: Run,
  { progress: { history, metrics } }: Checkpoint,
  { engine, settings }: TrainingSetup,
  { data, recipe }: Pick<RunRecord, "data" | "recipe">,
  onMessage: TrainOptions["onMessage"],
): Promise<void> {
  const { record } = run;
  const note = describeMachineChange(record, engine);
  if (note) onMessage?.(note);
  const at = {
    at: new Date().toISOString(),
    epoch: history.length + 1,
    step: metrics.step,
    ...(record.status === "finished" ? { epochs: settings.recipe.epochs } : {}),
  };
  await run.update({
    status: "running",
    data,
    recipe,
    result: undefined,
    resumed: [...record.resumed ?? [], at],
    warnings: [...record.warnings, ...(note ? [note] : [])],
  });
}
