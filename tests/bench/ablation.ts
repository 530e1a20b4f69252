/**
 * What each piece of a recipe is worth: CIFAR-10 by the whole recipe, and with one change at
 * a time, all with the same seeds. Writes docs/ablation.md with `--document`.
 *
 * ```sh
 * deno task dev:bench-ablation --data data/cifar10 --seeds 3
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { Command } from "commander";
import { choice, number, whole } from "../../lib/cli/flags/options.ts";
import { percent } from "../../lib/display/format.ts";
import { readFlags } from "../read_flags.ts";
import {
  type AblatedRecipe,
  type AccuracyCase,
  type AccuracyOutcome,
  recipeChanges,
  trainOurs,
} from "./accuracy_case.ts";
import { writeDocument } from "./document.ts";
import { table } from "./report.ts";
import { mean } from "./statistics.ts";

const command = new Command("deno task dev:bench-ablation")
  .description("Measures what each piece of a recipe is worth.")
  .addOption(choice("--recipe <name>", "the recipe", ["fast", "cifar"]).default("fast"))
  .option("--data <path>", "CIFAR-10", "../shared/data/cifar10")
  .option(
    "--width <factor>",
    "factor on all channels (default: 0.25; of cifar 1)",
    number("--width", 0),
  )
  .option("--epochs <n>", "how long to train (default: 8; of cifar 10)", whole("--epochs", 1))
  .option("--seeds <n>", "trainings without each piece", whole("--seeds", 1), 3)
  .option(
    "--validation-fraction <f>",
    "hold out this part of the training images to compare on (default: compares on the test images)",
    number("--validation-fraction", 0),
  )
  .option("--document <file>", "write the tables, as docs/ablation.md");
const { recipe, data, seeds, validationFraction, document, ...given } = readFlags<{
  recipe: AblatedRecipe;
  data: string;
  width?: number;
  epochs?: number;
  seeds: number;
  validationFraction?: number;
  document?: string;
}>(command);

const isFast = recipe === "fast";
const { width = isFast ? 0.25 : 1, epochs = isFast ? 8 : 10 } = given;

/** Trainings that are compared, each with all seeds, by how their recipe differs. */
type Outcomes = ReadonlyMap<string, readonly AccuracyOutcome[]>;
type Case = Omit<AccuracyCase, "seed">;

const asItIs: Case = {
  ...{ recipe, data, network: { width }, epochs, precision: "auto" },
  ...(validationFraction ? { validationFraction } : {}),
};
const outcomes = await compare(
  new Map([
    ["", asItIs],
    ...Object.keys(recipeChanges(recipe)).map((change) => [change, { ...asItIs, change }] as const),
  ]),
);
const { version, precision } = outcomes.get("")![0]!;
const results = resultsTable(outcomes);
const net = isFast ? "VGG-A" : "VGG-S";
const images = validationFraction
  ? `the ${percent(validationFraction)} of the training images that were held out`
  : "the test images";
const about =
  `${net} with batch normalization, width ${width}, ${epochs} epochs, ${precision}, seeds 1 to ` +
  `${seeds}: the accuracy of the last weights on ${images}, tested as the recipe says. Each row is ` +
  "the recipe with one change; the difference is the mean over the seeds, with its standard error. " +
  "Core-seconds are the mean of a training.";
console.log(`\n${results}`);
if (document) {
  await writeDocument(document, {
    title: `The pieces of the recipe ${recipe}`,
    words: [
      "dev:bench-ablation",
      ...isFast ? [] : ["--recipe", recipe],
      "--data",
      "PATH",
      "--width",
      `${width}`,
    ].concat(
      ["--epochs", `${epochs}`, "--seeds", `${seeds}`],
      validationFraction ? ["--validation-fraction", `${validationFraction}`] : [],
    ),
    versions: new Map([["ours", version]]),
    sections: [{ title: "CIFAR-10", about, table: results }],
  });
}

/** Trains all of them, seed by seed. */
async function compare(cases: ReadonlyMap<string, Case>): Promise<Outcomes> {
  const outcomes = new Map([...cases.keys()].map((name) => [name, [] as AccuracyOutcome[]]));
  for (let seed = 1; seed <= seeds; seed++) {
    for (const [name, one] of cases) {
      const outcome = await trainOurs({ ...one, seed });
      outcomes.get(name)!.push(outcome);
      console.log(`${name || "the whole recipe"}, seed ${seed}: ${percent(outcome.accuracy)}`);
    }
  }
  return outcomes;
}

function resultsTable(outcomes: Outcomes): string {
  const whole = outcomes.get("")!.map(({ accuracy }) => accuracy);
  const rows = [...outcomes].map(([name, all]) => {
    const accuracies = all.map(({ accuracy }) => accuracy);
    const differences = accuracies.map((accuracy, seed) => 100 * (accuracy - whole[seed]!));
    return [
      name || "whole",
      percent(mean(accuracies)),
      name ? `${signed(mean(differences))} ± ${standardError(differences).toFixed(1)}` : "",
      mean(all.map(({ core_seconds }) => core_seconds)).toFixed(0),
      accuracies.map(percent).join(", "),
    ];
  });
  return table(["recipe", "accuracy", "points", "core-seconds", "seed by seed"], rows);
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
}

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
