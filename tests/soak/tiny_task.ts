import { join } from "@std/path";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describeError } from "../../lib/cli/errors.ts";
import { isFile } from "../../lib/data/sources/folders.ts";
import { evaluate } from "../../lib/evaluation/evaluate.ts";
import { writeReport } from "../../lib/report/write_report.ts";
import { readImageDigests } from "../../lib/runs/image_digests.ts";
import { openRunWeights } from "../../lib/runs/load_model.ts";
import { openDescribedWeights } from "../../lib/runs/open_net.ts";
import { openRun, type Run, runFiles } from "../../lib/runs/run.ts";
import type { HistoryLine } from "../../lib/runs/schemas.ts";
import { readCheckpoint } from "../../lib/training/checkpoint/checkpoint.ts";
import { weightsIn } from "../../lib/training/checkpoint/model_state.ts";
import { train } from "../../lib/training/train.ts";
import { exportFormats, exportWeights } from "../../lib/weights/export/export_weights.ts";
import { openSafetensors } from "../../lib/weights/safetensors/open_safetensors.ts";
import { fingerprint } from "../training/fingerprint.ts";

/** What is done with a run, in this order. */
export const tasks = ["train", "evaluate", "report", "export"] as const;
export type Task = typeof tasks[number];

const engine = { engine: "wasm" } as const;
export const epochs = 2;

/** The flags of `deno task train` for what {@linkcode runTask} trains. */
export const trainFlags: readonly string[] = [
  ...["--engine", engine.engine, "--model", "A", "--width", "0.0625", "--size", "32"],
  ...["--seed", "1", "--epochs", `${epochs}`, "--batch", "8", "--checkpoint-minutes", "0.00001"],
];

/** How {@linkcode runTask} works. */
export interface TaskOptions {
  readonly data: string;
  /** Ends training. */
  readonly signal?: AbortSignal;
  readonly onStep?: (epoch: number, step: number) => void;
}

/** Trains a net in a second or two, evaluates it, writes its report or exports it. */
export async function runTask(task: Task, run: string, options: TaskOptions): Promise<void> {
  const { data, signal, onStep } = options;
  switch (task) {
    case "train": {
      const hooks = {
        ...{ engine, checkpointMinutes: 0.00001, ...(signal ? { signal } : {}) },
        callbacks: [{ onStep: ({ epoch, step }: Place) => onStep?.(epoch, step) }],
      };
      if (await isFile(join(run, runFiles.record))) {
        await train({ run, resume: true, ...hooks });
      } else {
        const network = { configuration: "A", inputSize: 32, width: 1 / 16 } as const;
        const changes = { epochs, batchSize: 8 };
        await train({ ...{ data, run, network, changes, seed: 1 }, ...hooks });
      }
      return;
    }
    case "evaluate":
      await evaluate(run, { engine });
      return;
    case "report":
      await writeReport([run], { explain: false });
      return;
    case "export":
      for (const format of ["safetensors", "onnx"] as const) {
        using weights = await openDescribedWeights(run);
        await exportWeights(weights, format, exportPath(run, format));
      }
  }
}

interface Place {
  readonly epoch: number;
  readonly step: number;
}

export function exportPath(run: string, format: "safetensors" | "onnx"): string {
  return join(run, `vgg-a-${format}${exportFormats[format].extension}`);
}

/** Does all tasks that a run still needs. */
export async function finish(run: string, options: TaskOptions): Promise<void> {
  for (const task of tasks) await runTask(task, run, options);
}

/** An error that a user can act on: one line, and none "of the program". */
export function requireLine(error: unknown, context: string): string {
  const { message, isUnexpected } = describeError(error);
  assert.ok(!isUnexpected, `${context}: ${error instanceof Error ? error.stack : error}`);
  assert.doesNotMatch(message, /\n/, context);
  return message;
}

/** What each reader reads of a run's files, without times and paths: the same in all equal runs. */
export const readers: Readonly<Record<string, (run: string) => Promise<unknown>>> = {
  record: async (run) => {
    const { data, model, recipe, seed, precision, microBatch } = (await openRun(run)).record;
    return { data, model, recipe, seed, precision, microBatch };
  },
  result: async (run) => {
    const { status, result, warnings } = (await openRun(run)).record;
    const { seconds: _, core_seconds: __, data_wait: ___, ...rest } = result ?? {};
    return { status, warnings, ...rest };
  },
  history: async (run) => withoutTimes(await (await openRun(run)).history()),
  evaluation: async (run) => ({ ...await (await openRun(run)).evaluation() }),
  predictions: async (run) => await (await openRun(run)).predictions(),
  mistakes: async (run) => await (await openRun(run)).mistakes(),
  note: async (run) => await (await openRun(run)).note(),
  "digests of the training images": (run) => readImageDigests(run, "train", 24),
  "digests of the validation images": (run) => readImageDigests(run, "validation", 8),
  "best weights": async (run) => weightsOf(await openRun(run), "best"),
  "last weights": async (run) => weightsOf(await openRun(run), "last"),
  report: async (run) => {
    const text = await Deno.readTextFile(join(run, "report.html"));
    return /^<!doctype html>[^]*<\/html>\n$/i.test(text);
  },
  safetensors: async (run) => {
    using weights = await openSafetensors(exportPath(run, "safetensors"));
    return weights.metadata["sha256"];
  },
  onnx: async (run) => sha256(await Deno.readFile(exportPath(run, "onnx"))),
};

function withoutTimes(history: readonly HistoryLine[]): object[] {
  return history.map(
    ({ seconds: _, images_per_second: __, data_wait_seconds: ___, ...line }) => line,
  );
}

async function weightsOf(run: Run, which: "best" | "last"): Promise<string> {
  using weights = await openRunWeights(run, which);
  const values = new Map<string, Float32Array>();
  for (const [name, array] of weights.arrays) values.set(name, await array.read());
  return digestOf(values);
}

function digestOf(values: ReadonlyMap<string, Float32Array>): string {
  const hash = createHash("sha256");
  for (const [name, each] of [...values].sort(([a], [b]) => a < b ? -1 : 1)) {
    hash.update(name).update(each);
  }
  return hash.digest("hex");
}

/** A checkpoint that was read. */
export interface FoundCheckpoint {
  /** Of all that training goes on from. */
  readonly digest: string;
  /** Of its weights: those of an interrupted training. */
  readonly weights: string;
}

/** The checkpoints in a run's folder by file; nothing for those that are damaged. */
export async function checkpointsIn(
  run: string,
): Promise<Map<string, FoundCheckpoint | undefined>> {
  const found = new Map<string, FoundCheckpoint | undefined>();
  const folder = join(run, "weights/last");
  for (const name of namesIn(folder)) {
    if (!/^step-\d+\.safetensors$|^optimizer/.test(name)) continue;
    const read = await readCheckpoint(join(folder, name)).catch((error) => {
      requireLine(error, name);
      return undefined;
    });
    if (!read) {
      found.set(name, undefined);
      continue;
    }
    const { steps, history, metrics: { step } } = read.progress;
    const all = new Map([...read.arrays].map(([array, { values }]) => [array, values]));
    const weights = new Map([...weightsIn(read.arrays)].map(([array]) => [array, all.get(array)!]));
    const rest = JSON.stringify([steps, step, withoutTimes(history)]);
    found.set(name, { digest: digestOf(all) + rest, weights: digestOf(weights) });
  }
  return found;
}

export function namesIn(folder: string): string[] {
  try {
    return Array.from(Deno.readDirSync(folder), ({ name }) => name);
  } catch {
    return [];
  }
}

/** All that comes out of {@linkcode finish}, the same in all equal runs. */
export async function outcomeOf(run: string): Promise<unknown> {
  const read = Object.entries(readers).map(async ([name, read]) => [name, await read(run)]);
  return {
    training: await fingerprint(await openRun(run)),
    ...Object.fromEntries(await Promise.all(read)),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
