/**
 * What accuracy a processor's seconds buy: the recipe `fast` beside Keras with a plain recipe, both
 * training VGG-A with batch normalization at half width on CIFAR-10, seed by seed, in turns. Writes
 * docs/accuracy.md.
 *
 * ```sh
 * deno task dev:bench-accuracy --data data/cifar10 --epochs 8,14 --seeds 3 --peers --peer-seeds 1
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join } from "@std/path";
import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { whole } from "../../lib/cli/flags/options.ts";
import { cifar10Folder } from "../../lib/data/sources/cifar10.ts";
import { isFolder } from "../../lib/data/sources/folders.ts";
import { percent } from "../../lib/display/format.ts";
import { readFlags } from "../read_flags.ts";
import { type AccuracyOutcome, outcomeOf, trainOurs } from "./accuracy_case.ts";
import { writeDocument } from "./document.ts";
import { benchPython } from "./python.ts";
import { table } from "./report.ts";
import { mean } from "./statistics.ts";

/** How long the plain recipe trains. */
const kerasEpochs = 8;

/**
 * Without these, glibc gives TensorFlow's large buffers back to Linux after each step, and on a small
 * machine half of Keras's time goes into the page faults of asking for them anew.
 */
const keepBuffers = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 32),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
};

const about =
  "VGG-A with batch normalization at half width, 32 px, float32; 13,000 to 50,000 training images. " +
  "Core-seconds are the process's user and system time from the first step to the last validation, " +
  "with one validation after each epoch in both, and without reading the images. Accuracy is that of " +
  "the last weights on all test images; the recipe `fast` averages with the mirrored image. " +
  "Keras runs with glibc's MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ raised: without them it " +
  "takes about twice as long on this machine.";

interface Contestant {
  readonly name: string;
  readonly seeds: number;
  run(seed: number): Promise<AccuracyOutcome>;
}

const command = new Command("deno task dev:bench-accuracy")
  .description("Measures the accuracy on CIFAR-10 that core-seconds buy, by the recipe fast.")
  .option("--data <path>", "CIFAR-10", "../shared/data/cifar10")
  .option("--epochs <list>", "how long to train, with commas between", wholes("--epochs"), [8])
  .option("--seeds <n>", "trainings of each length, from other seeds", whole("--seeds", 1), 1)
  .option("--peers", "beside Keras, which is installed into your cache folder")
  .option("--peer-seeds <n>", "the same for Keras (default: as many)", whole("--peer-seeds", 1))
  .option("--document <file>", "write the table, as docs/accuracy.md");
const { data, epochs, seeds, peers, peerSeeds = seeds, document } = readFlags<{
  data: string;
  epochs: number[];
  seeds: number;
  peers?: true;
  peerSeeds?: number;
  document?: string;
}>(command);
const contestants = [...peers ? [await keras()] : [], ...epochs.map(ours)];
const outcomes = new Map(contestants.map(({ name }) => [name, [] as AccuracyOutcome[]]));
for (let seed = 1; seed <= Math.max(seeds, peerSeeds); seed++) {
  for (const { name, run } of contestants.filter((one) => seed <= one.seeds)) {
    const outcome = await run(seed);
    outcomes.get(name)!.push(outcome);
    console.log(`${name}, seed ${seed}: ${tell([outcome]).join(", ")}`);
  }
}
console.log(`\n${resultsTable()}`);
if (document) {
  await writeDocument(document, {
    title: "Accuracy per core-second",
    words: ["dev:bench-accuracy", "--data", "PATH", "--epochs", `${epochs}`, "--seeds", `${seeds}`]
      .concat(
        peers ? ["--peers", "--peer-seeds", `${peerSeeds}`] : [],
      ),
    versions: new Map(contestants.map(({ name }) => [name, outcomes.get(name)![0]!.version])),
    sections: [{ title: "CIFAR-10", about, table: resultsTable() }],
  });
}

function wholes(flag: string): (text: string) => number[] {
  return (text) => text.split(",").map(whole(flag, 1));
}

function ours(epochs: number): Contestant {
  return {
    name: `recipe fast, ${epochs} epochs`,
    seeds,
    run: (seed) => trainOurs({ data, network: { width: 0.5 }, epochs, seed }),
  };
}

async function keras(): Promise<Contestant> {
  const { python } = await benchPython(["keras"], (line) => console.log(line));
  const script = fileURLToPath(new URL("accuracy_keras.py", import.meta.url));
  const nested = join(data, cifar10Folder);
  const folder = await isFolder(nested) ? nested : data;
  return {
    name: `Keras, plain recipe, ${kerasEpochs} epochs`,
    seeds: peerSeeds,
    run: (seed) => outcomeOf(python, [script, folder, `${kerasEpochs}`, `${seed}`], keepBuffers),
  };
}

/** Mean accuracy, core-seconds and seconds. */
function tell(all: readonly AccuracyOutcome[]): string[] {
  return [
    percent(mean(all.map(({ accuracy }) => accuracy))),
    `${mean(all.map(({ core_seconds }) => core_seconds)).toFixed(0)} core-seconds`,
    `${mean(all.map(({ seconds }) => seconds)).toFixed(0)} s`,
  ];
}

function resultsTable(): string {
  const rows = [...outcomes].map(([name, all]) => [
    name,
    ...tell(all),
    all.map(({ accuracy }) => percent(accuracy)).join(", "),
  ]);
  return table(["training", "accuracy", "cores", "wall", "seed by seed"], rows);
}
