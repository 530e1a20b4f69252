import { join } from "@std/path";
import type { Command } from "commander";
import { isFile } from "../data/sources/folders.ts";
import { evaluate, type EvaluateOptions } from "../evaluation/evaluate.ts";
import { evaluateWeights } from "../evaluation/evaluate_weights.ts";
import { openRun, type Run, runFiles } from "../runs/run.ts";
import {
  type EvaluatedSplit,
  evaluatedSplits,
  type TestCrops,
  testCrops,
} from "../runs/schemas.ts";
import { weightsNames } from "../weights/published.ts";
import { UsageError } from "./errors.ts";
import {
  addEngineOptions,
  addFileOptions,
  addLabelOptions,
  another,
  choice,
  describeOptions,
  type EngineFlags,
  engineOf,
  type FileFlags,
  type LabelFlags,
  takeLabels,
} from "./flags/options.ts";
import { latestRun } from "./runs.ts";
import { printEvaluation } from "./tell/evaluation.ts";

interface Flags extends EngineFlags, FileFlags, LabelFlags {
  run?: string[];
  output?: string;
  data?: string;
  split?: EvaluatedSplit;
  allowOverlap?: boolean;
  weights: string;
  crops?: TestCrops;
  scales?: number[];
  flip?: boolean;
}

/** Adds the command `evaluate`. */
export function addEvaluateCommand(program: Command): void {
  const command = program.command("evaluate")
    .description(
      "Evaluate a run, several as one ensemble by their mean predictions, or the net of a weights file: " +
        "loss, top-1, top-5, confusion matrix, per-class accuracy. Writes evaluation.json, " +
        "predictions.jsonl and mistakes/ into the run's folder; for other images, an ensemble or a file " +
        "into a folder of their own.",
    )
    .option(
      "--run <dir>",
      "a run's folder; repeat it for an ensemble (default: the newest in runs/)",
      another,
    )
    .option(
      "--output <dir>",
      "a folder for the results: new, empty, or with earlier results (default: the run's; for other " +
        "images evaluations/DATA-SPLIT in it; for an ensemble runs/ensemble-DATE-TIME; for a file " +
        "runs/FILE-on-DATA-DATE-TIME)",
    )
    .option(
      "--data <name|path>",
      "another data set: its test or validation images, or all images of a folder without splits",
    )
    .addOption(
      choice(
        "--split <which>",
        "the part of the data set (default: test, or validation if there is no test split)",
        evaluatedSplits,
      ),
    )
    .option("--allow-overlap", "also measure on images that the run was trained on")
    .option(
      "--weights <best|last|file|name>",
      "the epoch of the run's weights, best or last; or, instead of a run, a file or published " +
        `weights: ${weightsNames()}`,
      "best",
    )
    .addOption(
      choice(
        "--crops <which>",
        "the crops to predict: the center, the whole image (dense), a 5×5 grid (multi), or both, the " +
          "last two (default: center)",
        testCrops,
      ),
    )
    .option(
      "--scales <px,…>",
      "test scales, the images' shortest sides, whose predictions are averaged (default: that of " +
        "validation during training)",
      scalesOf,
    )
    .option(
      "--flip",
      "average with the mirrored images (default: yes; for center crops as the recipe says)",
    )
    .option("--no-flip", "do not average with the mirrored images");
  addLabelOptions(command);
  addEngineOptions(addFileOptions(command)).action((flags: Flags) => run(flags));
}

async function run(
  { run, weights, preprocessing, size, classNames, allowOverlap, ...others }: Flags,
): Promise<void> {
  const { engine, native, requireNative, ...own } = others;
  const { load, ...flags } = takeLabels(own);
  const options = { ...flags, load, engine: engineOf({ engine, native, requireNative }) };
  if (weights === "best" || weights === "last") {
    requireFileless({ preprocessing, size, classNames });
    const runs = await Promise.all((run ?? [await latestRun()]).map(openRun));
    await evaluateAndPrint(runs, { ...options, weights, allowOverlap: allowOverlap === true });
    return;
  }
  const { data } = flags;
  if (run) {
    throw new UsageError(
      `a net comes from --run or from --weights FILE. Received: ${run}, ${weights}`,
    );
  }
  if (data === undefined) {
    throw new UsageError(
      `--weights must be best, last, or a file with --data. Received: ${weights}`,
    );
  }
  if (await isFile(join(weights, runFiles.record))) {
    await evaluateAndPrint(await openRun(weights), {
      ...options,
      allowOverlap: allowOverlap === true,
    });
    return;
  }
  const described = await describeOptions({
    ...(preprocessing ? { preprocessing } : {}),
    ...(size === undefined ? {} : { size }),
    ...(classNames === undefined ? {} : { classNames }),
  });
  await printEvaluation((hooks) =>
    evaluateWeights(weights, { ...options, ...hooks, ...described, data })
  );
}

/** @throws {UsageError} If a flag is given that says what a file of weights does not. */
function requireFileless(flags: Readonly<Record<keyof FileFlags, unknown>>): void {
  const given = Object.values(flags).find((value) => value !== undefined);
  if (given === undefined) return;
  throw new UsageError(
    `--preprocessing, --size and --class-names are for --weights FILE. Received: ${given} for a run`,
  );
}

function scalesOf(text: string): number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(",").map(Number);
  throw new UsageError(
    `--scales must be whole numbers of pixels, separated by commas. Received: ${text}`,
  );
}

/**
 * Evaluates with a progress display, and prints the results.
 *
 * @param advice The line that says how to go on after an interruption.
 */
export async function evaluateAndPrint(
  runs: Run | readonly Run[],
  options: EvaluateOptions,
  advice?: () => string,
): Promise<void> {
  const [only, ...others] = [runs].flat();
  await printEvaluation((hooks) => evaluate(runs, { ...options, ...hooks }), {
    ...(others.length === 0 && only ? { own: only.directory } : {}),
    ...(advice ? { advice } : {}),
  });
}
