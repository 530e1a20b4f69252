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

import { parseArgs } from "node:util";
import { percent } from "../../lib/display/units.ts";
import { type AccuracyOutcome, trainOurs } from "./accuracy_case.ts";
import { writeDocument } from "./document.ts";
import { table } from "./report.ts";
import { mean } from "./statistics.ts";
import { withoutPiece } from "./recipe_pieces.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", default: "../shared/data/cifar10" },
    width: { type: "string", default: "0.25" },
    epochs: { type: "string", default: "8" },
    seeds: { type: "string", default: "3" },
    document: { type: "string" },
  },
});
const { data, width, epochs, seeds, document } = values;
const names = ["", ...Object.keys(withoutPiece)];
const outcomes = new Map(names.map((name) => [name, [] as AccuracyOutcome[]]));
for (let seed = 1; seed <= Number(seeds); seed++) {
  for (const without of names) {
    const network = { width: Number(width) };
    const one = await trainOurs({ data, network, epochs: Number(epochs), seed, without });
    outcomes.get(without)!.push(one);
    console.log(`without ${without || "nothing"}, seed ${seed}: ${percent(one.accuracy)}`);
  }
}
console.log(`\n${resultsTable()}`);
if (document) {
  await writeDocument(document, {
    title: "What the pieces of the recipe fast are worth",
    words: ["bench-ablation", "--data", "PATH", "--width", width, "--epochs", epochs].concat(
      ["--seeds", seeds],
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
