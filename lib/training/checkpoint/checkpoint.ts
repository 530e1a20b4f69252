import { z } from "zod";
import { RunError } from "../../runs/json_files.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import { WeightsError } from "../../weights/errors.ts";
import { digestKey } from "../../weights/safetensors/digest.ts";
import { openSafetensors } from "../../weights/safetensors/open_safetensors.ts";
import { writeSafetensors } from "../../weights/safetensors/write_safetensors.ts";
import { firstProgressSchema, progressSchema, type TrainingProgress } from "./training_progress.ts";

/**
 * A training between two of its steps: all that it takes to go on from there to the same last bit, as
 * if it had never ended. Settings and seed are in the run's record.
 *
 * There is no state of random numbers in it: order, crops, augmentation and dropout follow from the
 * seed and the number of the step alone. Nor is there one of the schedule or of early stopping: both
 * follow from that number and the history.
 */
export interface Checkpoint {
  /**
   * The net's weights, moving averages of batch normalization included (`block1_conv1/kernel`), and what
   * the optimizer keeps of those that train (`block1_conv1/kernel/velocity`).
   */
  readonly arrays: ReadonlyMap<string, CheckpointArray>;
  readonly progress: TrainingProgress;
  readonly spent: ElapsedTime;
}

/** The values of a tensor. */
export interface CheckpointArray {
  /** The sizes of its dimensions, outermost first. */
  readonly shape: readonly number[];
  /** In row-major order. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** The time a run has taken, over all its processes. */
export interface ElapsedTime {
  readonly seconds: number;
  /** Of the processor's cores together. */
  readonly core_seconds: number;
}

const elapsedSchema: z.ZodType<ElapsedTime> = z.object({
  seconds: z.number(),
  core_seconds: z.number(),
});

/** The version that is written, and the first one, whose files may not say it and are read as well. */
const [version, firstVersion] = ["2", "1"];

/** The keys of the file's metadata. */
const [versionKey, progressKey, elapsedKey, runKey] = ["version", "progress", "spent", "run"];

/** Names a run in its checkpoints: a copy of its folder is the same run. */
export function runIdOf(
  { name, created, seed }: Pick<RunRecord, "name" | "created" | "seed">,
): string {
  return `${name}, begun ${created}, seed ${seed}`;
}

type Texts = Readonly<Record<string, string>>;

/**
 * Writes a checkpoint as one safetensors file: the whole of it is there, or nothing.
 *
 * @param run The run that it belongs to, see {@linkcode runIdOf}.
 */
export async function writeCheckpoint(
  path: string,
  { arrays, progress, spent }: Checkpoint,
  run?: string,
): Promise<void> {
  const texts = {
    [versionKey]: version,
    [progressKey]: JSON.stringify(progress),
    [elapsedKey]: JSON.stringify(spent),
    ...(run === undefined ? {} : { [runKey]: run }),
  };
  await writeSafetensors(
    path,
    new Map([...arrays].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(arrays.get(name)!.values),
    texts,
  );
}

/**
 * Reads what {@linkcode writeCheckpoint} wrote.
 *
 * @param run The run that it must belong to; checkpoints of earlier versions do not name theirs.
 * @throws {RunError} For a checkpoint of another run.
 * @throws {WeightsError} For a file of a later version, one whose digest is not that of what it holds,
 *   and one whose metadata is malformed.
 */
export async function readCheckpoint(path: string, run?: string): Promise<Checkpoint> {
  using file = await openSafetensors(path);
  const { [versionKey]: received = firstVersion } = file.metadata;
  requireVersion(path, received);
  requireRun(path, file.metadata[runKey], run);
  const arrays = new Map<string, CheckpointArray>();
  for (const [name, array] of file.arrays) {
    arrays.set(name, { shape: array.shape, values: await array.read() });
  }
  const { [digestKey]: digest, ...texts } = file.metadata;
  if (digest === undefined) throw new WeightsError(`${path} is damaged: its digest is missing`);
  return {
    arrays,
    progress: received === firstVersion
      ? parse(path, texts, firstProgressKeyOf(texts), firstProgressSchema)
      : parse(path, texts, progressKey, progressSchema),
    spent: parse(path, texts, elapsedKey, elapsedSchema),
  };
}

/** The first version has its progress under another key, the only one that it does not share. */
function firstProgressKeyOf(texts: Texts): string {
  const keys = Object.keys(texts);
  return keys.find((key) => key !== versionKey && key !== elapsedKey) ?? progressKey;
}

function requireVersion(path: string, received: string): void {
  if (received === version || received === firstVersion) return;
  const shown = /^\d+$/.test(received) ? received : JSON.stringify(received);
  throw new WeightsError(
    `${path} has format version ${shown}; this program reads versions ${firstVersion} and ${version}`,
  );
}

function requireRun(path: string, received: string | undefined, run = received): void {
  if (received === undefined || received === run) return;
  throw new RunError(
    `${path} belongs to another run (${received}); move it back to that run's folder`,
  );
}

function parse<T>(path: string, texts: Texts, key: string, schema: z.ZodType<T>): T {
  const malformed = (what: string): WeightsError =>
    new WeightsError(`${path} is malformed: ${what}`);
  const text = texts[key];
  if (text === undefined) throw malformed(`${key} is missing`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(`${key} is not JSON`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw malformed(`${[key, ...issue.path].join(".")}: ${issue.message}`);
}
