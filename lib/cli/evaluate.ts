import type { Command } from "commander";
import { percent } from "../display/units.ts";
import { evaluate, type EvaluateOptions } from "../evaluation/evaluate.ts";
import { mostConfused } from "../evaluation/summarize.ts";
import { openRun, type Run } from "../training/run.ts";
import type { Evaluation } from "../training/run_files.ts";
import { interruptible } from "./interrupt.ts";
import { addEngineOptions, choice, type EngineFlags } from "./options.ts";
import { print, say, startProgress } from "./progress.ts";
import { latestRun } from "./runs.ts";

interface Flags extends EngineFlags {
  run?: string;
  data?: string;
  weights: "best" | "last";
}

/** Adds `evaluate`. */
export function addEvaluateCommand(program: Command): void {
  const command = program.command("evaluate")
    .description("Evaluate a run: loss, top-1, top-5, confusion matrix, per-class accuracy.")
    .option("--run <dir>", "the run's folder (default: the newest in runs/)")
    .option("--data <name|path>", "another data set with the same classes")
    .addOption(choice("--weights <which>", "of which epoch", ["best", "last"]).default("best"));
  addEngineOptions(command).action(async ({ run, data, weights, engine, native }: Flags) => {
    const opened = await openRun(run ?? await latestRun());
    await evaluateAndPrint(opened, {
      weights,
      engine: { engine, native },
      ...(data ? { data } : {}),
    });
  });
}

/** Evaluates with a progress display, and prints what came out. */
export async function evaluateAndPrint(run: Run, options: EvaluateOptions): Promise<void> {
  const progress = startProgress("evaluating");
  const evaluation = await interruptible((signal) =>
    evaluate(run, {
      ...options,
      signal,
      onMessage: say,
      onProgress: (done, total) => progress.at(done, total),
    })
  ).finally(() => progress.end());
  report(evaluation);
}

function report(
  { images, loss, top1, top5, weights, classes, confusion, per_class }: Evaluation,
): void {
  print(
    `evaluation ${images} validation images, ${weights} weights: loss ${loss.toFixed(3)}, ` +
      `top-1 ${percent(top1)}, top-5 ${percent(top5)}`,
  );
  const width = Math.max(...classes.map(({ name }) => name.length));
  for (const { name, accuracy, correct, total, interval: [low, high] } of per_class.slice(0, 20)) {
    const share = accuracy === null
      ? "no images"
      : `${percent(accuracy).padStart(7)}  (${correct}/${total}; ${percent(low)} to ${
        percent(high)
      })`;
    print(`           ${name.padEnd(width)} ${share}`);
  }
  if (per_class.length > 20) print(`           … and ${per_class.length - 20} more classes`);
  const pairs = mostConfused(confusion).slice(0, 3).map(({ classes: [first, second], counts }) =>
    `${classes[first]!.name} and ${classes[second]!.name} (${counts[0] + counts[1]})`
  );
  if (pairs.length > 0) print(`confused   ${pairs.join(", ")}`);
}
