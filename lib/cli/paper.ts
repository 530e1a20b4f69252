import type { Command } from "commander";
import { datasetNames } from "../data/open_dataset.ts";
import { type Activity, timeLeft } from "../display/activity.ts";
import { plainTable } from "../display/table.ts";
import { runExperiment } from "../paper/experiment.ts";
import type { PlannedRun } from "../paper/plan.ts";
import type { TestResult } from "../paper/results.ts";
import { defaultExperiment, type ExperimentSettings } from "../paper/settings.ts";
import { formatOrders, resultsTable } from "../paper/tables.ts";
import { formatEpoch } from "../runs/display/text.ts";
import { formatProgress } from "../training/loop/progress.ts";
import { interruptible } from "./interrupt.ts";
import {
  addEngineOptions,
  choice,
  type EngineFlags,
  engineOf,
  number,
  whole,
} from "./flags/options.ts";
import { continueText } from "./flags/task_command.ts";
import { log, logError, logLines, startProgress } from "./progress.ts";
import { showWaiting } from "./tell/waiting.ts";

type Flags = EngineFlags & ExperimentSettings & { output: string };

/** Adds the command `paper`: the paper's tables 3 and 4 in miniature. */
export function addPaperCommand(program: Command): void {
  const { data, size, width, epochs, batch, seed, initializer, others, clipNorm } =
    defaultExperiment;
  const command = program.command("paper")
    .description(
      "Train A, A-LRN, B, C, D and E by the paper's recipe, some at larger scales, and print its " +
        "tables 3 and 4 for them. An interrupted experiment continues when it is called again.",
    )
    .option("--data <name|path>", `${datasetNames.join(", ")}, or a folder of images`, data)
    .option("--size <px>", "side of the input in pixels, 32 or more", whole("--size", 32), size)
    .option(
      "--width <factor>",
      "factor for the channels of all layers",
      number("--width", 0),
      width,
    )
    .option(
      "--epochs <n>",
      "epochs of each net; half as many at a larger scale",
      whole("--epochs", 1),
      epochs,
    )
    .option("--batch <n>", "images per step", whole("--batch", 1), batch)
    .option("--seed <n>", "seed of weights, order, augmentation, dropout", whole("--seed", 0), seed)
    .addOption(
      choice("--initializer <name>", "distribution of A's initial weights", [
        "he",
        "glorot",
        "paper",
      ])
        .default(initializer),
    )
    .addOption(
      choice("--others <name>", "distribution of the weights of B to E that do not come from A", [
        "he",
        "glorot",
        "paper",
      ])
        .default(others),
    )
    .option(
      "--clip-norm <norm>",
      "maximum norm of the gradients; 0 for none, as in the paper",
      number("--clip-norm", 0, true),
      clipNorm,
    )
    .option("--no-shallow", "draw all weights of B to E instead of starting from A's")
    .option("--output <dir>", "the experiment's folder", "runs/paper");
  addEngineOptions(command).action((flags: Flags) => run(flags));
}

async function run({ output, ...flags }: Flags): Promise<void> {
  const { engine, native, requireNative, ...settings } = flags;
  const results = await interruptible((signal) =>
    runAndTell(output, settings, {
      signal,
      engine: engineOf({ engine, native, requireNative }),
    }), { advice: () => continueText(Deno.args) });
  for (const table of [3, 4] as const) logLines(`\n${plainTable(resultsTable(table, results))}`);
  logLines(`\n${formatOrders(results).join("\n")}`);
  // Imported on demand: drawing loads an emulated browser.
  const { writeTables } = await import("../paper/report.ts");
  const paths = await writeTables(output, settings, results);
  logLines(`\nwritten    ${paths.join("\n           ")}`);
}

const testImages: Activity = { verb: "Testing", unit: "images" };

type Common = Pick<Parameters<typeof runExperiment>[0], "signal" | "engine">;

async function runAndTell(
  output: string,
  settings: ExperimentSettings,
  common: Common,
): Promise<TestResult[]> {
  const waiting = showWaiting();
  const [training, testing] = ["Training", "Testing"].map(startProgress);
  const left = timeLeft();
  const endAll = (): void => [waiting, training, testing].forEach((shown) => shown!.end());
  try {
    return await runExperiment({
      ...common,
      output,
      settings,
      onMessage: logError,
      onRun: (planned, at, all, kept) => {
        endAll();
        log(
          `run ${String(at).padStart(2)}/${all}  ${tellPlanned(planned)}${kept ? ", kept" : ""}`,
        );
      },
      onPrepare: waiting.at,
      callbacks: [{
        onStep: (progress) => {
          waiting.end();
          training!.at(progress.step, progress.steps, formatProgress(progress));
        },
        onEpoch: (line, best) => {
          training!.end();
          logError(formatEpoch(line, best));
        },
      }],
      onTest: (done, total) => testing!.at(done, total, left(done, total, testImages)),
      onResult: (result) => {
        testing!.end();
        log(tellResult(result));
      },
    });
  } finally {
    endAll();
  }
}

function tellPlanned({ name, start }: PlannedRun): string {
  if (!start) return name;
  return `${name}, from ${start.kind === "shallow" ? "layers" : "the weights"} of ${start.from}`;
}

function tellResult({ test, top1, top5, classes = Infinity, paper }: TestResult): string {
  const tested = `           tested at ${test.join(", ")}: top-1 error ${top1.toFixed(1)} %`;
  if (classes <= 5) return `${tested} (in the paper ${paper.top1.toFixed(1)} %)`;
  return `${tested}, top-5 ` +
    `${top5.toFixed(1)} % (in the paper ${paper.top1.toFixed(1)} %, ${paper.top5.toFixed(1)} %)`;
}
