/**
 * How long the command line takes to start: until `train --help` is printed, and until a training of the
 * default data set, whose images were drawn before, begins its first step. With `--beside`, another checkout of
 * this project takes turns.
 *
 * ```sh
 * deno task dev:bench-start-up --beside ../vggnet-before
 * ```
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a benchmark prints what it finds

import { join, resolve } from "@std/path";
import { Command } from "commander";
import { whole } from "../../lib/cli/flags/options.ts";
import { markdownTable, numbers, textColumn } from "../../lib/display/table.ts";
import { projectFolder } from "../../lib/project_folder.ts";
import { readFlags } from "../read_flags.ts";
import { median } from "./statistics.ts";

/** What one start took, in seconds. */
interface Start {
  readonly wall: number;
  /** Processor time, of all threads; NaN but on Linux. */
  readonly processor: number;
}

const command = new Command("deno task dev:bench-start-up")
  .description("Measures how long the command line takes to start.")
  .option("--rounds <n>", "turns of each checkout", whole("--rounds", 1), 5)
  .option("--beside <folder>", "another checkout, which takes turns");
const { rounds, beside } = readFlags<{ rounds: number; beside?: string }>(command);
const checkouts = [projectFolder!, ...(beside === undefined ? [] : [resolve(beside)])];
const temporary = await Deno.makeTempDir();
const cases = [
  { name: "train --help", args: () => ["--help"], sign: "Options:" },
  {
    name: "train, to its first step",
    args: () => ["--run", join(temporary, crypto.randomUUID()), "--epochs", "1"],
    sign: "\nengine ", // Printed when the first step begins.
  },
];
try {
  const rows: string[][] = [];
  for (const { name, args, sign } of cases) {
    const starts = checkouts.map((): Start[] => []);
    // The first start draws the images and compiles the modules.
    for (let round = 0; round <= rounds; round++) {
      for (const [at, folder] of checkouts.entries()) {
        const start = await measure(folder, args(), sign);
        if (round > 0) starts[at]!.push(start);
      }
    }
    for (const [at, folder] of checkouts.entries()) {
      const walls = starts[at]!.map(({ wall }) => wall);
      const processor = median(starts[at]!.map((start) => start.processor));
      rows.push([
        ...[name, folder],
        ...[median(walls), Math.min(...walls), processor].map((seconds) => seconds.toFixed(2)),
      ]);
    }
  }
  const columns = [
    ...["start of", "checkout"].map(textColumn),
    ...numbers("seconds, median", "shortest", "processor seconds"),
  ];
  console.log(markdownTable({ columns, rows }));
} finally {
  await Deno.remove(temporary, { recursive: true });
}

/** Starts `train` in a checkout, and ends it once it has printed a text. */
async function measure(
  folder: string,
  args: readonly string[],
  sign: string,
): Promise<Start> {
  const before = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "-q", "--node-modules-dir=none", "lib/cli.ts", "train", ...args],
    cwd: folder,
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let printed = "\n";
  let start: Start | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    printed += text;
    if (start || !printed.includes(sign)) continue;
    const wall = (performance.now() - before) / 1000;
    start = { wall, processor: await processorSeconds(child.pid) };
    if (args[0] !== "--help") child.kill("SIGKILL");
  }
  await child.status;
  if (!start) throw new Error(`${folder} did not print ${sign.trim()}. It printed: ${printed}`);
  return start;
}

/** The processor time that a running process has taken. */
async function processorSeconds(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => undefined);
  if (text === undefined) return NaN;
  // Behind the name, which may have spaces: fields 14 and 15, in hundredths of a second.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
