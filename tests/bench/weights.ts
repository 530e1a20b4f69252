/**
 * How long VGG16's 528 MB take from a file of each format to a network that is ready, beside only reading
 * the file, and how much memory. Writes docs/weights.md with `--document`. Linux alone tells the peak.
 *
 * ```sh
 * deno task dev:bench-weights --peers
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join } from "@std/path";
import { Command } from "commander";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { whole } from "../../lib/cli/flags/options.ts";
import { tf } from "../../lib/engine/tf.ts";
import { useEngine } from "../../lib/engine/use_engine.ts";
import { openDescribedWeights } from "../../lib/runs/open_net.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import {
  type ExportFormatName,
  exportFormats,
  exportWeights,
} from "../../lib/weights/export/export_weights.ts";
import { saveWeights } from "../../lib/weights/weights.ts";
import { inFolder } from "../in_folder.ts";
import { peersPython, runScript } from "../peers/environment.ts";
import { readFlags } from "../read_flags.ts";
import { writeDocument } from "./document.ts";
import { table } from "./report.ts";
import { median } from "./statistics.ts";

const about =
  "VGG16 at 224 px with a thousand classes, float32, from a file in the system's cache. Each number is " +
  "the median of the rounds, each in its own process. Loading ends when the engine has all weights; " +
  "it includes building the network but not starting the engine. Memory is the process's peak, " +
  "including Deno and TensorFlow.";

const command = new Command("deno task dev:bench-weights")
  .description("Measures how long VGG16's weights take from a file of each format to a network.")
  .option("--rounds <n>", "processes for each format", whole("--rounds", 1), 3)
  .option(
    "--peers",
    "also what PyTorch and Keras write, which are installed into your cache folder",
  )
  .option("--document <file>", "write the table, as docs/weights.md");
const { rounds, peers, document } = readFlags<{ rounds: number; peers?: true; document?: string }>(
  command,
);
const worker = fileURLToPath(new URL("weights_worker.ts", import.meta.url));
const measured = z.object({ seconds: z.number(), peak: z.number() });

await inFolder(async (folder) => {
  const rows: string[][] = [];
  for await (const [name, path] of files(folder)) {
    const { size } = await Deno.stat(path);
    const read = await measure("read", path);
    const load = await measure("load", path);
    rows.push([
      name,
      `${(size / 1e6).toFixed(0)} MB`,
      `${read.seconds.toFixed(2)} s`,
      `${load.seconds.toFixed(2)} s`,
      `${(load.seconds / read.seconds).toFixed(2)} ×`,
      `${(load.peak / 1e6).toFixed(0)} MB`,
      `${(load.peak / size).toFixed(2)} ×`,
    ]);
    console.log(rows.at(-1)!.join("  "));
    await Deno.remove(path);
  }
  const header = ["file", "size", "reading", "loading", "times", "peak memory", "times its size"];
  const found = table(header, rows);
  console.log(`\n${found}`);
  if (document) {
    await writeDocument(document, {
      title: "Loading weights",
      words: ["dev:bench-weights", ...peers ? ["--peers"] : [], "--rounds", `${rounds}`],
      versions: new Map([["ours", `TensorFlow.js ${tf.version.tfjs}, Deno ${Deno.version.deno}`]]),
      sections: [{ title: "VGG16", about, table: found }],
    });
  }
});

/** One file after the other: five of them together are much for a small disk. */
async function* files(folder: string): AsyncGenerator<[string, string], void, void> {
  const own = join(folder, "own.safetensors");
  await useEngine();
  const model = buildVGG();
  await saveWeights(model, own);
  model.dispose();
  for (const format of ["torchvision", "keras", "onnx"] satisfies ExportFormatName[]) {
    const path = join(folder, `${format}${exportFormats[format].extension}`);
    {
      using weights = await openDescribedWeights(own);
      await exportWeights(weights, format, path);
    }
    yield [`exported for ${format}`, path];
  }
  yield ["this library's own", own];
  if (!peers) return;
  const python = await peersPython(["keras", "torch", "formats"], (line) => console.log(line));
  for (const format of ["weights.h5", "pth", "legacy.pth"]) {
    const path = join(folder, `peer.${format}`);
    const options = { configuration: "D", inputSize: 224 };
    await runScript(python, "weights_files.py", JSON.stringify([{ format, options, path }]));
    yield [`${format === "weights.h5" ? "Keras" : "PyTorch"}'s .${format}`, path];
  }
}

async function measure(what: "read" | "load", path: string): Promise<z.infer<typeof measured>> {
  const outcomes: z.infer<typeof measured>[] = [];
  for (let round = 0; round < rounds; round++) {
    const command = new Deno.Command(Deno.execPath(), { args: ["run", "-A", worker, what, path] });
    const { stdout } = await command.output();
    outcomes.push(measured.parse(JSON.parse(new TextDecoder().decode(stdout))));
  }
  return {
    seconds: median(outcomes.map(({ seconds }) => seconds)),
    peak: median(outcomes.map(({ peak }) => peak)),
  };
}
