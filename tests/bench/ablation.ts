/**
 * What each piece of the recipe `fast` is worth: CIFAR-10 by the whole recipe, and with one piece less
 * at a time, all with the same seeds. Writes docs/ablation.md with `--document`.
 *
 * ```sh
 * deno task bench-ablation --data data/cifar10 --seeds 3
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { Command } from "commander";
import { number, whole } from "../../lib/cli/options.ts";
import { percent } from "../../lib/display/units.ts";
import { type AccuracyOutcome, trainOurs } from "./accuracy_case.ts";
import { writeDocument } from "./document.ts";
import { readFlags } from "../read_flags.ts";
import { table } from "./report.ts";
import { mean } from "./statistics.ts";
import { withoutPiece } from "./recipe_pieces.ts";

const command = new Command("deno task bench-ablation")
  .description("Measures what each piece of the recipe fast is worth, on CIFAR-10.")
  .option("--data <path>", "CIFAR-10", "../shared/data/cifar10")
  .option("--width <factor>", "factor on all channels", number("--width", 0), 0.25)
  .option("--epochs <n>", "how long to train", whole("--epochs", 1), 8)
  .option("--seeds <n>", "trainings without each piece", whole("--seeds", 1), 3)
  .option("--document <file>", "write the table, as docs/ablation.md");
const { data, width, epochs, seeds, document } = readFlags<{
  data: string;
  width: number;
  epochs: number;
  seeds: number;
  document?: string;
}>(command);
const names = ["", ...Object.keys(withoutPiece)];
const outcomes = new Map(names.map((name) => [name, [] as AccuracyOutcome[]]));
for (let seed = 1; seed <= seeds; seed++) {
  for (const without of names) {
    const one = await trainOurs({ data, network: { width }, epochs, seed, without });
    outcomes.get(without)!.push(one);
    console.log(`without ${without || "nothing"}, seed ${seed}: ${percent(one.accuracy)}`);
  }
}
console.log(`\n${resultsTable()}`);
if (document) {
  await writeDocument(document, {
    title: "What the pieces of the recipe fast are worth",
    words: ["bench-ablation", "--data", "PATH", "--width", `${width}`].concat(
      ["--epochs", `${epochs}`, "--seeds", `${seeds}`],
    ),
    versions: new Map([["ours", outcomes.get("")![0]!.version]]),
    sections: [{
      title: "CIFAR-10",
      about: `VGG-A with batch normalization, width ${width}, ${epochs} epochs, seeds 1 to ` +
        `${seeds}: the accuracy of the last weights on the test images, tested as the recipe says. ` +
        "Each row is the recipe with one piece less; the difference is the mean over the seeds, " +
        "with its standard error.",
      table: resultsTable(),
    }],
  });
}

function resultsTable(): string {
  const whole = outcomes.get("")!.map(({ accuracy }) => accuracy);
  const rows = [...outcomes].map(([without, all]) => {
    const accuracies = all.map(({ accuracy }) => accuracy);
    const differences = accuracies.map((accuracy, seed) => 100 * (accuracy - whole[seed]!));
    return [
      without || "(the whole recipe)",
      percent(mean(accuracies)),
      without ? `${signed(mean(differences))} ± ${standardError(differences).toFixed(1)}` : "",
      accuracies.map(percent).join(", "),
    ];
  });
  return table(["without", "accuracy", "points", "seed by seed"], rows);
}

function signed(points: number): string {
  return `${points < 0 ? "−" : "+"}${Math.abs(points).toFixed(1)}`;
}

function standardError(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
