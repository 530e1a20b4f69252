/**
 * Measures one thing in a process of its own, so that its peak of memory is its own: takes the work as JSON, and
 * prints what it measured as JSON in its last line.
 *
 * @module
 */

// deno-lint-ignore-file no-console -- the answer goes to the output

import { basename, join } from "@std/path";
import process from "node:process";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { shuffledIndices } from "../../../lib/data/pipeline/batches.ts";
import { evaluate } from "../../../lib/evaluation/evaluate.ts";
import { drawRunFigures } from "../../../lib/figures/run_figures.ts";
import { writeReport } from "../../../lib/report/write_report.ts";
import { train } from "../../../lib/training/train.ts";
import { median } from "../statistics.ts";
import type { Measured, Used, Work } from "./protocol.ts";

const work = JSON.parse(Deno.args[0]!) as Work;
const at: Record<string, Used> = {};
const answer: Measured = { at, ...await measured(work) };
console.log(JSON.stringify(answer));

async function measured(work: Work): Promise<Omit<Measured, "at">> {
  if (work.what === "list") await list(work.folder);
  if (work.what === "results") return { bytes: await results(work.folder) };
  const coreSecondsOfStep = work.what === "train" ? await steps(work) : undefined;
  return coreSecondsOfStep === undefined ? {} : { coreSecondsOfStep };
}

function note(what: string): void {
  const { user, system } = process.cpuUsage();
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(Deno.readTextFileSync("/proc/self/status"))![1];
  at[what] = {
    coreSeconds: (user + system) / 1e6,
    peakBytes: Number(peak) * 1024,
  };
}

async function list(folder: string): Promise<void> {
  note("start");
  const { train: { length } } = await loadDataset(folder);
  note("list");
  shuffledIndices(length, 42, 1);
  note("shuffle");
}

/** Returns the sizes of the files that were written. */
async function results(folder: string): Promise<Record<string, number>> {
  const temporary = await Deno.makeTempDir();
  const directory = join(temporary, "run"), page = join(temporary, "report.html");
  try {
    await train({
      ...{ data: folder, decode: "streamed", run: directory },
      cacheDirectory: join(temporary, "cache"),
      network: { configuration: "A", inputSize: 32, width: 0.125, head: "small" },
      changes: { epochs: 1, batchSize: 64, passesPerEpoch: 1 },
      precision: "float32",
    });
    note("trained");
    await evaluate(directory);
    note("evaluated");
    await drawRunFigures(directory);
    note("drawn");
    await writeReport([directory], { output: page });
    note("reported");
    const files = [
      join(directory, "predictions.jsonl"),
      join(directory, "evaluation.json"),
      page,
    ];
    return Object.fromEntries(files.map((file) => [basename(file), Deno.statSync(file).size]));
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
}

async function steps(work: Work & { what: "train" }): Promise<number | undefined> {
  const { folder, decode, configuration, size, width, batch, epochs } = work;
  const temporary = await Deno.makeTempDir();
  const controller = new AbortController();
  const times: number[] = [];
  let last = 0;
  try {
    await train({
      ...{ data: folder, decode, run: join(temporary, "run"), signal: controller.signal },
      cacheDirectory: join(temporary, "cache"),
      network: { configuration, inputSize: size, width, head: "small" },
      changes: { epochs, batchSize: batch, passesPerEpoch: 1 },
      precision: "float32",
      onMessage: (line) => console.error(line),
      onStep: () => {
        if (!at["first step"]) note("first step");
        const { user, system } = process.cpuUsage();
        times.push((user + system - last) / 1e6);
        last = user + system;
        if (work.steps > 0 && times.length > work.steps) controller.abort();
      },
    });
    note("end");
  } finally {
    await Deno.remove(temporary, { recursive: true });
  }
  return times.length > 1 ? median(times.slice(1)) : undefined;
}
