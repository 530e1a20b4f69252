import { basename } from "@std/path";
import { loadDataset } from "../data/open_dataset.ts";
import { loadEngineEarly } from "../engine/load_early.ts";
import type { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { Run } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { broadcastPlan } from "./broadcast_plan.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { newCheckpoint } from "./checkpoint/model_state.ts";
import { checkSettings, sharedSettings } from "./config/given_settings.ts";
import { resolveSettings } from "./config/resolve_settings.ts";
import { defaults } from "./config/settings.ts";
import { defaultDirectory, toPlan, toRunRecord } from "./config/to_record.ts";
import { duplicateWarning } from "./duplicates.ts";
import { initializeModel, resolveSeed } from "./init/initial_weights.ts";
import { openPretrained } from "./init/pretrained_weights.ts";
import { whiten } from "./init/whiten.ts";
import type { TrainOptions } from "./options.ts";
import { writeDigests } from "./write_digests.ts";
import { resumeRun } from "./resume.ts";
import { runTraining } from "./run_training.ts";
import { prepareData, type PreparedData, prepareSetup } from "./setup.ts";

/**
 * Trains a network on a data set. The run's folder holds its settings, its history, and the weights of
 * the best and of the last epoch.
 *
 * An aborted signal ends training after the running step, with everything written. A run whose training
 * ended before its last epoch, for whatever reason, continues with `resume`.
 *
 * @returns The run, finished or interrupted, for `evaluate` and `drawRunFigures`. Resuming a finished run
 *   returns it unchanged, unless `changes.epochs` asks for more epochs.
 * @throws {DataError}, {OptionError} or {RunError} for data, settings or a folder that are not allowed,
 *   before anything is written; {TrainingError} if the loss becomes NaN or infinite.
 *
 * @example
 * ```ts ignore
 * const run = await train({ data: "photos", network: { configuration: "A" }, recipe: "fast" });
 * console.log(run.record.result?.best_val_accuracy);
 *
 * // The paper's way to a deeper net, then to a larger scale.
 * const paper = { data: "photos", recipe: "paper" } as const;
 * const shallow = await train({ ...paper, network: { configuration: "A" } });
 * const deep = await train({
 *   ...paper,
 *   network: { configuration: "D" },
 *   initFromShallow: shallow.directory,
 * });
 * await train({ ...paper, weights: deep.directory, scale: [256, 512], learningRate: 0.001 });
 *
 * // After a loss of power, for example.
 * await train({ run: deep.directory, resume: true });
 *
 * // A finished run is trained to 100 epochs.
 * await train({ run: deep.directory, resume: true, changes: { epochs: 100 } });
 *
 * // A trained net for other classes: fine-tuned, or with a linear classifier on its features.
 * await train({ data: "photos", weights: "runs/cifar10" });
 * await train({ data: "photos", weights: "runs/cifar10", recipe: "features" });
 * ```
 */
export async function train(options: TrainOptions = {}): Promise<Run> {
  checkSettings(options);
  if (options.cluster && options.cluster.index > 0) {
    throw new OptionError(
      `only the chief, worker 0, has a run. Received: ${options.cluster.index}`,
    );
  }
  loadEngineEarly({ ...options.engine, ...(options.cluster ? { cluster: options.cluster } : {}) });
  return options.resume ? await resumeRun(options) : await beginRun(options);
}

async function beginRun(options: TrainOptions): Promise<Run> {
  const dataset = await loadDataset(options.data ?? defaults.data, options.load);
  using starting = await openPretrained(options, dataset.classes);
  const settings = resolveSettings(options, dataset, starting?.transfer);
  const directory = options.run ?? defaultDirectory(dataset.name, settings);
  await Run.requireFree(directory);
  const seed = await resolveSeed(options);
  const setup = await prepareSetup({ ...options, seed }, dataset, settings);
  if (settings.note !== undefined) options.onMessage?.(settings.note);
  const { model, start } = await initializeModel(setup.network, options, starting);
  const plan = toPlan(setup, options, start);
  try {
    await broadcastPlan(setup.engine, { kind: "plan", plan, given: sharedSettings(options) });
    await using images = await prepareData(setup, options);
    using _lock = await Run.lock(directory);
    if (starting === undefined) await whiten(model, images.train, images.normalization);
    const record = toRunRecord(plan, setup, images, options.command);
    const duplicates = await duplicateWarning(setup, images, options.signal);
    const warnings = [...record.warnings, ...(duplicates ? [duplicates] : [])];
    const run = await createRun(directory, { ...record, warnings }, model, images);
    return await runTraining(run, { model, setup, images, options });
  } finally {
    model.dispose();
  }
}

/** Writes the checkpoint and the digests before the record, so that every run can be resumed. */
async function createRun(
  directory: string,
  record: Omit<RunRecord, "name">,
  model: tf.LayersModel,
  images: PreparedData,
): Promise<Run> {
  await Run.requireFree(directory);
  const checkpoints = checkpointsOf({
    directory,
    record: { name: basename(directory), ...record },
  });
  await checkpoints.removeTemporaries();
  await checkpoints.write(await newCheckpoint(model));
  await writeDigests(directory, images);
  return await Run.create(directory, record);
}
