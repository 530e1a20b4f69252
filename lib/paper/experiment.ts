import { rm } from "node:fs/promises";
import { join } from "@std/path";
import { loadDataset } from "../data/open_dataset.ts";
import { evaluate, type EvaluateOptions } from "../evaluation/evaluate.ts";
import { wilsonInterval } from "../evaluation/metrics/wilson.ts";
import { BusyRunError, openRun, type Run, RunError } from "../runs/run.ts";
import { train, type TrainOptions } from "../training/train.ts";
import { type PlannedRun, planRuns, scaleTo } from "./plan.ts";
import { published, type PublishedErrors } from "./published.ts";
import { isOf, readResults, type TestResult, writePaperResults } from "./results.ts";
import {
  claimFolder,
  defaultExperiment,
  type ExperimentSettings,
  furtherEpochs,
} from "./settings.ts";

/** What its runs are told: see {@linkcode TrainOptions}. */
export type RunHooks = Pick<
  TrainOptions,
  "engine" | "signal" | "onMessage" | "onPrepare" | "callbacks"
>;

/** What {@linkcode runExperiment} is asked for. */
export interface ExperimentOptions extends RunHooks {
  /** The experiment's folder: new, empty, or of the same experiment, which goes on. */
  readonly output: string;
  /** Default {@linkcode defaultExperiment}. */
  readonly settings?: Partial<ExperimentSettings>;
  /** Before each run, with how many there are in all; `cache` where it is finished already. */
  readonly onRun?: (run: PlannedRun, number: number, all: number, kept: boolean) => void;
  /** Images tested, of how many. */
  readonly onTest?: (done: number, total: number) => void;
  readonly onResult?: (result: TestResult) => void;
}

/** The rate of a net that goes on at another scale, as in the paper; the others have the recipe's. */
const fineTuningRate = 0.001;

/**
 * The paper's experiment in miniature: trains A, A-LRN, B, C, D and E by its recipe for equally many
 * epochs, three of them further at larger scales, and tests each as tables 3 and 4 do: dense, with
 * flips, on one scale and on several.
 *
 * Every net is a run in the experiment's folder. Finished runs and their results are kept, so that an
 * interrupted experiment goes on where it was.
 *
 * @returns The lines of both tables, in the paper's order.
 * @throws {RunError} Where the folder holds something else; {DataError} or {OptionError} for data or
 *   settings that will not do; `AbortError` when the signal aborts; {TrainingError} where a net's
 *   weights blow up.
 *
 * @example
 * ```ts ignore
 * const results = await runExperiment({ output: "runs/paper", settings: { epochs: 4 } });
 * ```
 */
export async function runExperiment(options: ExperimentOptions): Promise<TestResult[]> {
  const { output, settings: asked, onRun, onTest, onResult, ...hooks } = options;
  const settings = { ...defaultExperiment, ...asked };
  await loadDataset(settings.data); // Throws for data that will not do, before anything is written.
  await claimFolder(output, settings);
  const plan = planRuns(settings);
  const known = await readResults(output);
  const results: TestResult[] = [];
  const inOrder = (): TestResult[] =>
    published.flatMap((line) => results.filter((result) => isOf(result, line)));
  for (const [index, planned] of plan.entries()) {
    hooks.signal?.throwIfAborted();
    const begun = await begunRun(planned, output);
    const isKept = begun?.record.status === "finished";
    onRun?.(planned, index + 1, plan.length, isKept);
    const run = isKept ? begun : await trainPlanned(planned, settings, output, { ...hooks, begun });
    for (const line of planned.tests) {
      const kept = known.find((one) => isOf(one, line) && one.created === run.record.created);
      const result = kept ?? await test(run, line, settings, {
        ...hooks,
        ...(onTest ? { onProgress: onTest } : {}),
      });
      results.push(result);
      if (!kept) await writePaperResults(output, inOrder());
      onResult?.(result);
    }
  }
  return inOrder();
}

/** A run that need not begin: there is one, and it is younger than the one that it started from. */
async function begunRun(
  { name, start }: PlannedRun,
  output: string,
): Promise<Run | undefined> {
  const run = await openIfThere(join(output, name));
  if (run === undefined || start === undefined) return run;
  const before = await openIfThere(join(output, start.from));
  return before && before.record.created < run.record.created ? run : undefined;
}

async function openIfThere(directory: string): Promise<Run | undefined> {
  try {
    return await openRun(directory);
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

async function trainPlanned(
  { name, net, train: side, start }: PlannedRun,
  settings: ExperimentSettings,
  output: string,
  { begun, ...hooks }: RunHooks & { readonly begun: Run | undefined },
): Promise<Run> {
  const { data, size, width, seed, initializer, others, clipNorm, batch: batchSize } = settings;
  const directory = join(output, name);
  const goesOn = start?.kind === "weights";
  const [lowest, highest = lowest] = side.map((pixels) => scaleTo(size, pixels));
  const options: TrainOptions = {
    data,
    recipe: "paper",
    run: directory,
    // A net that starts from another has the next seed by itself.
    ...(start ? { [start.kind]: join(output, start.from) } : { seed }),
    scale: [lowest!, highest!],
    network: {
      ...{ configuration: net, inputSize: size, width },
      initializer: start?.kind === "shallow" ? others : initializer,
    },
    changes: { batchSize, clipNorm, epochs: goesOn ? furtherEpochs(settings) : settings.epochs },
    ...(goesOn ? { learningRate: fineTuningRate } : {}),
    ...hooks,
  };
  let run = begun && await resumed(options);
  if (!run) {
    await rm(directory, { recursive: true, force: true });
    run = await train(options);
  }
  // It ends without an error where the signal aborts.
  hooks.signal?.throwIfAborted();
  return run;
}

/** Nothing where the run cannot go on: its checkpoints are damaged, say. */
async function resumed(options: TrainOptions): Promise<Run | undefined> {
  try {
    return await train({ ...options, resume: true });
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
  const { images, top1, top5 } = await evaluate(run, {
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
    interval: [100 * low, 100 * high],
    paper: { top1: paper1, top5: paper5 },
  };
}
