import { join } from "@std/path";
import { rm } from "node:fs/promises";
import { loadDataset } from "../data/open_dataset.ts";
import { evaluate, type EvaluateOptions } from "../evaluation/evaluate.ts";
import { wilsonInterval } from "../evaluation/metrics/wilson.ts";
import { BusyRunError, openRun, type Run, RunError } from "../runs/run.ts";
import { resumableOptions } from "../training/config/given_settings.ts";
import type { TrainOptions } from "../training/options.ts";
import { train } from "../training/train.ts";
import { type PlannedRun, planRuns, scaleTo } from "./plan.ts";
import { published, type PublishedErrors } from "./published.ts";
import { matchesLine, readResults, type TestResult, writePaperResults } from "./results.ts";
import {
  claimFolder,
  defaultExperiment,
  type ExperimentSettings,
  furtherEpochs,
} from "./settings.ts";

/** The options of {@linkcode TrainOptions} that are passed on to every run. */
export type RunHooks = Pick<
  TrainOptions,
  "engine" | "signal" | "onMessage" | "onPrepare" | "callbacks"
>;

/** How {@linkcode runExperiment} works. */
export interface ExperimentOptions extends RunHooks {
  /** The folder of the experiment: new, empty, or that of the same experiment, which is resumed. */
  readonly output: string;
  /** Settings that differ from {@linkcode defaultExperiment}. */
  readonly settings?: Partial<ExperimentSettings>;
  /** Called before each run with its number, the number of runs, and whether it is finished already. */
  readonly onRun?: (run: PlannedRun, number: number, total: number, isFinished: boolean) => void;
  /** Called with the images tested so far by the current test. */
  readonly onTest?: (done: number, total: number) => void;
  /** Called with each result, also with those of earlier calls. */
  readonly onResult?: (result: TestResult) => void;
}

/** The learning rate when training continues at another scale, as in the paper. */
const fineTuningRate = 0.001;

/**
 * Runs the paper's experiment in miniature: trains A, A-LRN, B, C, D and E by its recipe for equally
 * many epochs, continues three of them at larger scales, and tests each as in tables 3 and 4: densely,
 * with flips, at one scale and at several.
 *
 * Every network is a run in the experiment's folder. Finished runs and their results are reused, so
 * an interrupted experiment can be resumed.
 *
 * @returns The lines of both tables in the paper's order.
 * @throws {RunError} If the folder holds something else.
 * @throws {DataError} If the data is missing or damaged.
 * @throws {OptionError} If a setting is not allowed.
 * @throws {TrainingError} If the weights of a network diverge.
 * @throws The signal's reason when it aborts.
 *
 * @example
 * ```ts ignore
 * import { runExperiment } from "vgg/paper";
 *
 * const results = await runExperiment({ output: "runs/paper", settings: { epochs: 4 } });
 * ```
 */
export async function runExperiment(options: ExperimentOptions): Promise<TestResult[]> {
  const { output, settings: asked, onRun, onTest, onResult, ...hooks } = options;
  const settings = { ...defaultExperiment, ...asked };
  await loadDataset(settings.data); // Throws for invalid data before anything is written.
  await claimFolder(output, settings);
  const plan = planRuns(settings);
  const earlier = await readResults(output);
  const results: TestResult[] = [];
  const inOrder = (): TestResult[] =>
    published.flatMap((line) => results.filter((result) => matchesLine(result, line)));
  for (const [index, planned] of plan.entries()) {
    hooks.signal?.throwIfAborted();
    const existing = await openExisting(planned, output);
    const isFinished = existing?.record.status === "finished";
    onRun?.(planned, index + 1, plan.length, isFinished);
    const run = isFinished
      ? existing
      : await trainPlanned(planned, settings, output, { ...hooks, existing });
    for (const line of planned.tests) {
      const reused = earlier.find((result) =>
        matchesLine(result, line) && result.created === run.record.created
      );
      const result = reused ?? await test(run, line, settings, {
        ...hooks,
        ...(onTest ? { onProgress: onTest } : {}),
      });
      results.push(result);
      if (!reused) await writePaperResults(output, inOrder());
      onResult?.(result);
    }
  }
  return inOrder();
}

/** The run of an earlier call, if it is newer than the run that it started from. */
async function openExisting(
  { name, start }: PlannedRun,
  output: string,
): Promise<Run | undefined> {
  const run = await tryOpen(join(output, name));
  if (run === undefined || start === undefined) return run;
  const origin = await tryOpen(join(output, start.from));
  return origin && origin.record.created < run.record.created ? run : undefined;
}

async function tryOpen(directory: string): Promise<Run | undefined> {
  try {
    return await openRun(directory);
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/** The option of `train` for each kind of start. */
const startOption = { shallow: "initFromShallow", weights: "weights" } as const;

async function trainPlanned(
  { name, net, train: side, start }: PlannedRun,
  settings: ExperimentSettings,
  output: string,
  { existing, ...hooks }: RunHooks & { readonly existing: Run | undefined },
): Promise<Run> {
  const { data, size, width, seed, initializer, others, clipNorm, batch: batchSize } = settings;
  const directory = join(output, name);
  const isContinued = start?.kind === "weights";
  const [lowest, highest = lowest] = side.map((pixels) => scaleTo(size, pixels));
  const options: TrainOptions = {
    data,
    recipe: "paper",
    run: directory,
    // A network that starts from another one uses the next seed automatically.
    ...(start ? { [startOption[start.kind]]: join(output, start.from) } : { seed }),
    scale: [lowest!, highest!],
    network: {
      ...{ configuration: net, inputSize: size, width },
      initializer: start?.kind === "shallow" ? others : initializer,
    },
    changes: {
      ...{ batchSize, clipNorm },
      epochs: isContinued ? furtherEpochs(settings) : settings.epochs,
    },
    ...(isContinued ? { learningRate: fineTuningRate } : {}),
    ...hooks,
  };
  let run = existing && await tryResume(options);
  if (!run) {
    await rm(directory, { recursive: true, force: true });
    run = await train(options);
  }
  // `train` returns without an error when the signal aborts.
  hooks.signal?.throwIfAborted();
  return run;
}

/** Resumes a run. Returns nothing if that is impossible, for example if its checkpoints are damaged. */
async function tryResume(options: TrainOptions): Promise<Run | undefined> {
  try {
    return await train({ ...resumableOptions(options), resume: true });
  } catch (error) {
    if (error instanceof RunError && !(error instanceof BusyRunError)) return undefined;
    throw error;
  }
}

async function test(
  run: Run,
  line: PublishedErrors,
  { size }: ExperimentSettings,
  options: EvaluateOptions,
): Promise<TestResult> {
  const { images, top1, top5, classes } = await evaluate(run, {
    ...options,
    crops: "dense",
    scales: line.test.map((side) => scaleTo(size, side)),
    flip: true,
  });
  const wrong = images - Math.round(top1 * images);
  const [low, high] = wilsonInterval(wrong, images);
  const { table, net, train, test, top1: paper1, top5: paper5 } = line;
  return {
    ...{ table, net, train, test, run: run.record.name, created: run.record.created, images },
    top1: 100 * (1 - top1),
    top5: 100 * (1 - top5),
    classes: classes.length,
    interval: [100 * low, 100 * high],
    paper: { top1: paper1, top5: paper5 },
  };
}
