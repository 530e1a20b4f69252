/**
 * How fast images reach the network: decoding them all once, then epochs of the article's
 * augmentation, in images a second. With `--peers`, Keras's ImageDataGenerator does the same on the
 * same files beside it, by the Python named in VGG_PEERS_PYTHON.
 *
 * ```sh
 * deno task dev:bench-pipeline --data ../shared/data/imagenette-224 --peers
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { Command, Option } from "commander";
import { fileURLToPath } from "node:url";
import { whole } from "../../lib/cli/flags/options.ts";
import {
  articleAugmentation,
  type Augment,
  makeAugment,
  resolveNormalization,
} from "../../lib/data/augment/mod.ts";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { batches, shuffledIndices } from "../../lib/data/pipeline/batches.ts";
import { type PreparedSplit, prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { subset } from "../../lib/data/subset.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { readFlags } from "../read_flags.ts";
import { figures } from "./report.ts";
import { trainFolder } from "./sample_files.ts";
import { median } from "./statistics.ts";

interface Settings {
  readonly data: string;
  readonly size: number;
  readonly images: number;
  readonly batch: number;
  readonly epochs: number;
}

/** Images a second: of reading and decoding all once, then of each epoch. */
interface Speeds {
  readonly decode?: number;
  readonly epochs: readonly number[];
}

const command = new Command("deno task dev:bench-pipeline")
  .description("Measures how fast images reach a network, from files to augmented batches.")
  .option("--data <path>", "images", "../shared/data/imagenette-224")
  .option("--size <px>", "side of the input", whole("--size", 32), 224)
  .option("--images <n>", "how many of them", whole("--images", 1), 1024)
  .option("--batch <n>", "images at a time", whole("--batch", 1), 64)
  .option("--epochs <n>", "how often all of them", whole("--epochs", 1), 3)
  .addOption(
    new Option("--engine <name>", "what computes").choices(["auto", "tensorflow", "cpu"])
      .default("auto"),
  )
  .option(
    "--peers",
    "beside Keras's ImageDataGenerator, by the Python that VGG_PEERS_PYTHON names",
  );

async function measureOurs(settings: Settings): Promise<Speeds> {
  const { train } = await loadDataset(settings.data);
  // A random part, so that all classes are in it.
  const kept = shuffledIndices(train.length, 1, 0).subarray(0, settings.images);
  const split = subset(train, [...kept]);
  const start = performance.now();
  const prepared = await prepareImages(split, { mode: "stretch", size: settings.size });
  const decode = prepared.length / (performance.now() - start) * 1000;
  const augment = makeAugment(articleAugmentation, resolveNormalization("rescale"));
  const epochs: number[] = [];
  for (let epoch = 1; epoch <= settings.epochs; epoch++) {
    const start = performance.now();
    await runEpoch(prepared, augment, epoch, settings.batch);
    epochs.push(prepared.length / (performance.now() - start) * 1000);
  }
  await prepared.dispose();
  return { decode, epochs };
}

async function runEpoch(
  prepared: PreparedSplit,
  augment: Augment,
  epoch: number,
  batch: number,
): Promise<void> {
  let step = 0;
  for await (const one of batches(prepared, { batchSize: batch, seed: 42, epoch })) {
    const images = augment(one, step++);
    // Engines may compute later; asking for a number makes them finish.
    const last = images.max();
    await last.data();
    last.dispose();
    images.dispose();
  }
}

/** Decoding is part of each of its epochs. */
async function measureKeras({ data, size, images, batch, epochs }: Settings): Promise<Speeds> {
  const python = Deno.env.get("VGG_PEERS_PYTHON") ?? "python3";
  const script = fileURLToPath(new URL("pipeline_keras.py", import.meta.url));
  const words = [await trainFolder(data), ...[size, images, batch, epochs].map(String)];
  const { code, stdout } = await new Deno.Command(python, {
    args: [script, ...words],
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`pipeline_keras.py ended with ${code}`);
  return { epochs: JSON.parse(new TextDecoder().decode(stdout)) };
}

function report(name: string, { decode, epochs }: Speeds): number {
  const once = decode === undefined ? "decodes every epoch" : `decode once ${figures(decode)}`;
  const [middle, best] = [median(epochs), Math.max(...epochs)];
  console.log(
    `${name}: ${once}; augmented epochs, median ${figures(middle)}, best ${figures(best)} images/s`,
  );
  return middle;
}

const { peers, engine, ...settings } = readFlags<
  Settings & { peers?: true; engine: "auto" | "tensorflow" | "cpu" }
>(command);
console.log((await useEngine({ engine, onMessage: (line) => console.log(line) })).reason);
console.log(`${settings.images} images at ${settings.size} px, batches of ${settings.batch}`);
const ours = report("ours", await measureOurs(settings));
if (peers) {
  const keras = report("Keras", await measureKeras(settings));
  console.log(`ours / Keras: ${(ours / keras).toFixed(1)}`);
}
