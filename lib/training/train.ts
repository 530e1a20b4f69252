import { loadDataset, type LoadOptions } from "../data/open_dataset.ts";
import type { EngineOptions } from "../engine/use_engine.ts";
import type { ClusterOptions } from "../engine/cluster.ts";
import type { Precision } from "../engine/compile.ts";
import type { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { runTraining } from "./run_training.ts";
import { newCheckpoint } from "./checkpoint/model_state.ts";
import { defaultDirectory, toRunRecord } from "./config/to_record.ts";
import type { Callback } from "./callbacks/callback.ts";
import { checkpointsOf } from "./checkpoint/checkpoint_store.ts";
import { broadcastPlan, planOf } from "../distributed/share_plan.ts";
import { resumeRun } from "./resume.ts";
import { Run } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { resolveSettings, type Settings } from "./config/resolve_settings.ts";
import { defaultData, describeSource } from "./config/data_source.ts";
import {
  initializeModel,
  type InitialWeightsOptions,
  resolveSeed,
} from "./init/initial_weights.ts";
import { openPretrained } from "./init/pretrained_weights.ts";
import { prepareData, prepareSetup } from "./setup.ts";

/** What {@linkcode train} is asked for; every setting has a default. */
export interface TrainOptions
  extends Settings, InitialWeightsOptions, Pick<Callback, "onStart" | "onStep" | "onEpoch"> {
  /** A data set's name or a path. Default `drawn10`. */
  readonly data?: string;
  readonly load?: LoadOptions;
  /** The folder of the run. Default: in `runs/`, named by the data set, the network and the time. */
  readonly run?: string;
  /**
   * Goes on with the run in the folder `run`, to the same last bit as if it had never ended. Settings are
   * those in its record; others that are given must be the same.
   */
  readonly resume?: boolean;
  /** Minutes between two checkpoints, beside that of each epoch. Default 10. */
  readonly checkpointMinutes?: number;
  /**
   * Decides initial weights, order, augmentation and dropout. Default 42, or the next one after that of
   * the run that the net starts from.
   */
  readonly seed?: number;
  /** The command line that started the run, for its record. Default `null`: the library was called. */
  readonly command?: string | null;
  readonly engine?: Pick<EngineOptions, "engine" | "native">;
  /**
   * Trains with other workers, of which this process must be the chief; the others call
   * {@linkcode joinTraining}, and wait for more until {@linkcode leaveCluster}.
   */
  readonly cluster?: ClusterOptions;
  /** Default `auto`: bfloat16 where the engine compiles and the hardware computes in it, else float32. */
  readonly precision?: "auto" | Precision;
  /** Where images too many for memory are kept, and features. Default `data/cache`. */
  readonly cacheDirectory?: string;
  readonly signal?: AbortSignal;
  /** What is going on, a line each. */
  readonly onMessage?: (line: string) => void;
  /** Images decoded, of how many; with the recipe `features` also those whose features are there. */
  readonly onPrepare?: (done: number, total: number) => void;
  /** Called after the options' own `onStart`, `onStep` and `onEpoch`, in this order. */
  readonly callbacks?: readonly Callback[];
}

/**
 * Trains a network on a data set and keeps all about it in a run's folder: settings, history, and the
 * weights of the best and of the last epoch.
 *
 * An aborted signal ends training after the running step, with everything written. A run whose training
 * ended before its last epoch, in whatever way, goes on with `resume`.
 *
 * @returns The run, finished or interrupted; `evaluate` and `drawRunFigures` go on from it. A finished one
 *   that is resumed is given as it is.
 * @throws {DataError}, {OptionError} or {RunError} for data, settings or a folder that will not do,
 *   before anything is written; {TrainingError} where the weights blow up.
 *
 * @example
 * ```ts ignore
 * const run = await train({ data: "photos", network: { configuration: "A" }, recipe: "fast" });
 * console.log(run.record.result?.best_val_accuracy);
 *
 * // The paper's way to a deeper net, and to a larger scale.
 * const paper = { data: "photos", recipe: "paper" } as const;
 * const shallow = await train({ ...paper, network: { configuration: "A" } });
 * const deep = await train({
 *   ...paper,
 *   network: { configuration: "D" },
 *   shallow: shallow.directory,
 * });
 * await train({ ...paper, weights: deep.directory, scale: [256, 512], learningRate: 0.001 });
 *
 * // After a loss of power, say.
 * await train({ run: deep.directory, resume: true });
 *
 * // A trained net for other classes: fine-tuned, or with a classifier of its features alone.
 * await train({ data: "photos", weights: "runs/cifar10" });
 * await train({ data: "photos", weights: "runs/cifar10", recipe: "features" });
 * ```
 */
export async function train(options: TrainOptions = {}): Promise<Run> {
  checkMinutes(options.checkpointMinutes);
  if (options.cluster && options.cluster.index > 0) {
    throw new OptionError(`a run is the chief's, worker 0's. Received: ${options.cluster.index}`);
  }
  return options.resume ? await resumeRun(options) : await beginRun(options);
}

async function beginRun(options: TrainOptions): Promise<Run> {
  const dataset = await loadDataset(options.data ?? defaultData, options.load);
  using starting = await openPretrained(options, dataset.classes);
  const settings = resolveSettings(options, dataset, starting?.transfer);
  const directory = options.run ?? defaultDirectory(dataset.name, settings);
  await Run.requireFree(directory);
  const seed = await resolveSeed(options);
  const setup = await prepareSetup({ ...options, seed }, dataset, settings);
  const { model, start } = await initializeModel(setup.network, options, starting);
  const plan = planOf(setup, describeSource(options), start);
  try {
    await broadcastPlan(setup.engine, plan);
    await using images = await prepareData(setup, options);
    using _lock = await Run.lock(directory);
    const record = toRunRecord(plan, setup, images, options.command);
    const run = await createRun(directory, record, model);
    return await runTraining(run, { model, setup, images, options });
  } finally {
    model.dispose();
  }
}

/** The checkpoint comes first: a run that is there can be resumed. */
async function createRun(
  directory: string,
  record: Omit<RunRecord, "name">,
  model: tf.LayersModel,
): Promise<Run> {
  await Run.requireFree(directory);
  const checkpoints = checkpointsOf(directory);
  await checkpoints.removeTemporaries();
  await checkpoints.write(await newCheckpoint(model));
  return await Run.create(directory, record);
}

function checkMinutes(minutes = 1): void {
  if (minutes > 0) return;
  throw new OptionError(`checkpoint minutes must be a number above 0. Received: ${minutes}`);
}
