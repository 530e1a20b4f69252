import { fileURLToPath } from "node:url";
import { describeHardware } from "../../lib/engine/hardware.ts";
import { replaceFile } from "../../lib/files/replace_file.ts";
import { growthOf, withGrowth } from "./growth/document.ts";

/** One table and what must be known to read it. */
export interface Section {
  readonly title: string;
  readonly about: string;
  readonly table: string;
}

/** How to read the steps. */
export const aboutSteps =
  "VGG16 for ten classes, with two hidden layers of 512 units at 32 px and of 4096 at 224 px; the " +
  "same layers and as many parameters in all frameworks. Training is SGD with Nesterov momentum on " +
  "cross-entropy, from a batch in the program's memory to the loss as a number; predicting ends " +
  "with the logits in the program's memory. Keras runs its compiled step by `train_on_batch` and " +
  "`predict_on_batch`, PyTorch runs with channels last, ONNX Runtime and OpenVINO predict from an ONNX " +
  "file. Each peer's usual forms are tried first, each in a process of its own, and the fastest one, " +
  "named behind it, takes part: Keras's dtype policies with and without XLA (jit_compile), PyTorch under " +
  "one autocast context around all predictions or with weights in bfloat16, eager, compiled, and " +
  "compiled with packed weights (freezing). In each round every framework takes a turn of some steps; the speed is the " +
  "median of the rounds, the best is the fastest step, and the ratio is the median of the rounds' " +
  "ratios. Peak memory is that of the process (Linux's VmHWM), which does this case alone.";

/** How to read the times to the first step. */
export const aboutStart =
  "From the start of a process to the end of its first training step, VGG16 at 32 px, batch 64, " +
  "float32; imports, building and tracing included, files in the system's cache.";

/** How to read the epochs. */
export const aboutEpochs =
  "VGG11 with batch normalization at a quarter of its width, 64 px, batch 64, from image files by " +
  "each framework's own loop, with the article's augmentation. ImageDataGenerator decodes in every " +
  "epoch, the others once, in the first; tracing is part of the first, imports are not.";

/**
 * Writes the tables with all that they depend on, formatted as the project's text is. The part of
 * `dev:bench-growth`, which the file may have, stays.
 */
export async function writeDocument(
  file: string,
  { title, words, versions, sections }: {
    title: string;
    /** The command after `deno task`. */
    words: readonly string[];
    versions: ReadonlyMap<string, string>;
    sections: readonly Section[];
  },
): Promise<void> {
  const { cpu, cores, features, memoryBytes, os, gpu } = describeHardware();
  const memory = `${Math.round(memoryBytes / 2 ** 30)} GiB of memory`;
  const machine = [`${cores} cores of ${cpu}`, features.join(" "), memory, os, ...gpu ?? []];
  const text = [
    `# ${title}`,
    `${new Date().toISOString().slice(0, 10)}, ${machine.filter(Boolean).join(", ")}.`,
    ["```sh", ["deno task", ...words].join(" "), "```"].join("\n"),
    [...versions].map(([name, version]) => `- ${name}: ${version}`).join("\n"),
    ...sections.flatMap(({ title, about, table }) => [`## ${title}`, about, table]),
  ].join("\n\n");
  const growth = growthOf(await Deno.readTextFile(file).catch(() => ""));
  await replaceFile(file, growth === "" ? `${text}\n` : withGrowth(text, growth));
  await formatFile(file);
}

/** Formats a text as the project's are. */
export async function formatFile(file: string): Promise<void> {
  const config = fileURLToPath(new URL("../../deno.json", import.meta.url));
  await new Deno.Command(Deno.execPath(), {
    args: ["fmt", "--quiet", "--config", config, file],
    stdout: "null",
    stderr: "null",
  }).output();
}
