import type { Command } from "commander";
import { percent } from "../display/format.ts";
import { plainTable } from "../display/table.ts";
import { evaluate, type EvaluateOptions } from "../evaluation/evaluate.ts";
import { mostConfused, onlyPrediction } from "../evaluation/metrics/summarize.ts";
import { ensembleDirectory } from "../evaluation/output.ts";
import { formatTestTime } from "../runs/display/test_time_text.ts";
import { openRun, type Run } from "../runs/run.ts";
import { type Evaluation, type TestCrops, testCrops } from "../runs/schemas.ts";
import { UsageError } from "./errors.ts";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, another, choice, type EngineFlags } from "./options.ts";
import { log, logError, startProgress } from "./progress.ts";
import { latestRun } from "./runs.ts";

interface Flags extends EngineFlags {
  run?: string[];
  output?: string;
  data?: string;
  weights: "best" | "last";
  crops?: TestCrops;
  scales?: number[];
  flip?: boolean;
}

/** Adds the command `evaluate`. */
export function addEvaluateCommand(program: Command): void {
  const command = program.command("evaluate")
    .description(
      "Evaluate a run, or several as one ensemble by their mean predictions: loss, top-1, top-5, " +
        "confusion matrix, per-class accuracy. Writes evaluation.json, predictions.jsonl and " +
        "mistakes/ into the run's folder, or into a new folder for an ensemble.",
    )
    .option(
      "--run <dir>",
      "a run's folder; repeat it for an ensemble (default: the newest in runs/)",
      another,
    )
    .option(
      "--output <dir>",
      "a folder for the results: new, empty, or with earlier results (default: the run's; for an " +
        "ensemble runs/ensemble-DATE-TIME)",
    )
    .option("--data <name|path>", "another data set with the same classes")
    .addOption(
      choice("--weights <which>", "the epoch of the weights", ["best", "last"]).default("best"),
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
  addEngineOptions(command).action(async ({ run, output, engine, native, ...flags }: Flags) => {
    const runs = await Promise.all((run ?? [await latestRun()]).map(openRun));
    const folder = output ?? (runs.length > 1 ? ensembleDirectory() : undefined);
    await evaluateAndPrint(runs, {
      ...flags,
      engine: { engine, native },
      ...(folder ? { output: folder } : {}),
    });
    if (folder) log(`written    ${folder}`);
  });
}

function scalesOf(text: string): number[] {
  if (/^\d+(,\d+)*$/.test(text)) return text.split(",").map(Number);
  throw new UsageError(
    `--scales must be whole numbers of pixels, separated by commas. Received: ${text}`,
  );
}

/** Evaluates with a progress display, and prints the results. */
export async function evaluateAndPrint(
  runs: Run | readonly Run[],
  options: EvaluateOptions,
): Promise<void> {
  const progress = startProgress("evaluating");
  const evaluation = await interruptible((signal) =>
    evaluate(runs, {
      ...options,
      signal,
      onMessage: logError,
      onProgress: (done, total) => progress.at(done, total),
    })
  ).finally(() => progress.end());
  report(evaluation);
}

function report(evaluation: Evaluation): void {
  const { images, loss, top1, top5, weights, classes, confusion, per_class } = evaluation;
  log(
    `evaluation ${images} validation images, ${weights} weights, ${formatTestTime(evaluation)}: ` +
      `loss ${loss.toFixed(3)}, top-1 ${percent(top1)}, top-5 ${percent(top5)}`,
  );
  const rows = per_class.slice(0, 20).map(({ name, accuracy, correct, total, interval }) =>
    accuracy === null
      ? [name, "", "no images"]
      : [name, percent(accuracy), `(${correct}/${total}; ${interval.map(percent).join(" to ")})`]
  );
  log(plainTable({ rows }, { indent: 11 }));
  if (per_class.length > 20) log(`           … and ${per_class.length - 20} more classes`);
  const only = onlyPrediction(confusion);
  if (only !== undefined) {
    logError(
      `warning    all ${images} images are taken for ${
        classes[only]!.name
      }: the net knows no other ` +
        `class. Train longer (--epochs), with --batch-norm or a lower --learning-rate, or from ` +
        `trained weights (--weights); let the classes have about as many images each`,
    );
  }
  const pairs = mostConfused(confusion).slice(0, 3).map(({ classes: [first, second], counts }) =>
    `${classes[first]!.name} and ${classes[second]!.name} (${counts[0] + counts[1]})`
  );
  if (pairs.length > 0) log(`confused   ${pairs.join(", ")}`);
}
