import { createHash } from "node:crypto";
import { z } from "zod";
import { WeightsError } from "../../weights/errors.ts";
import { openSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import { type HistoryLine, historyLineSchema } from "../../runs/schemas.ts";
import { emptyMetrics, type EpochMetricsState } from "../loop/epoch_metrics.ts";
import { emptyMonitor, type LossMonitorState } from "../loop/loss_monitor.ts";

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
   * The net's weights, moving averages of batch normalization included (`block1_conv1/kernel`), and the
   * optimizer's velocities of those that train (`block1_conv1/kernel/velocity`).
   */
  readonly arrays: ReadonlyMap<string, CheckpointArray>;
  readonly progress: TrainingProgress;
  readonly spent: ElapsedTime;
}

export interface CheckpointArray {
  readonly shape: readonly number[];
  readonly values: Float32Array<ArrayBuffer>;
}

/** Where a training stands, but for its tensors. */
export interface TrainingProgress {
  /** Steps done, in all epochs. */
  readonly steps: number;
  /** The epochs that are done; the next step is of the one after. */
  readonly history: readonly HistoryLine[];
  /** What that epoch gave so far. */
  readonly metrics: EpochMetricsState;
  readonly monitor: LossMonitorState;
  /** What rates are multiplied by, below 1 once the loss was not finite. */
  readonly rateFactor: number;
}

/** Where every training begins. */
export const initialProgress: TrainingProgress = {
  ...{ steps: 0, history: [], metrics: emptyMetrics, monitor: emptyMonitor, rateFactor: 1 },
};

/** The time a run has taken, over all its processes. */
export interface ElapsedTime {
  readonly seconds: number;
  /** Of the processor's cores together. */
  readonly core_seconds: number;
}

const whole = z.number().int().nonnegative();
const number = z.number();

const progressSchema: z.ZodType<TrainingProgress> = z.object({
  steps: whole,
  history: z.array(historyLineSchema),
  metrics: z.object({
    step: whole,
    images: whole,
    loss: number,
    correct: number,
    lr: number,
    seconds: number,
    waited: number,
  }),
  monitor: z.object({ steps: whole, recent: z.array(number), warned: z.boolean() }),
  rateFactor: number,
});
const elapsedSchema: z.ZodType<ElapsedTime> = z.object({ seconds: number, core_seconds: number });

/** The version of the file's format. Files without one are of version 1. */
const version = "1";

/** The keys of the file's metadata. */
const [versionKey, progressKey, elapsedKey, digestKey] = ["version", "progress", "spent", "sha256"];

type Texts = Readonly<Record<string, string>>;

/** Writes a checkpoint as one safetensors file: the whole of it is there, or nothing. */
export async function writeCheckpoint(
  path: string,
  { arrays, progress, spent }: Checkpoint,
): Promise<void> {
  const texts = {
    [versionKey]: version,
    [progressKey]: JSON.stringify(progress),
    [elapsedKey]: JSON.stringify(spent),
  };
  await writeSafetensors(
    path,
    new Map([...arrays].map(([name, { shape }]) => [name, shape])),
    (name) => Promise.resolve(arrays.get(name)!.values),
    { ...texts, [digestKey]: await digestOf(texts, arrays) },
  );
}

/**
 * Reads what {@linkcode writeCheckpoint} wrote.
 *
 * @throws {WeightsError} For a file of another version, one whose digest is not that of what it holds,
 *   and one whose metadata is malformed.
 */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  using file = await openSafetensors(path);
  // First of all: the digest of another version may be made otherwise.
  requireVersion(path, file.metadata[versionKey]);
  const arrays = new Map<string, CheckpointArray>();
  for (const [name, array] of file.arrays) {
    arrays.set(name, { shape: array.shape, values: await array.read() });
  }
  const { [digestKey]: digest, ...texts } = file.metadata;
  if (digest !== await digestOf(texts, arrays)) {
    throw new WeightsError(`${path} is damaged: its digest is another`);
  }
  return {
    arrays,
    progress: parse(path, texts, progressKey, progressSchema),
    spent: parse(path, texts, elapsedKey, elapsedSchema),
  };
}

function requireVersion(path: string, received = "1"): void {
  if (received === version) return;
  const shown = /^\d+$/.test(received) ? received : JSON.stringify(received);
  throw new WeightsError(
    `${path} has format version ${shown}, and what is read is version ${version}`,
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

/** Bytes that are hashed before the event loop has a turn. */
const slice = 8 * 2 ** 20;

async function digestOf(
  texts: Texts,
  arrays: Checkpoint["arrays"],
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify(Object.entries(texts).sort()));
  let hashed = 0;
  for (const [name, { shape, values }] of arrays) {
    hash.update(JSON.stringify([name, shape]));
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    for (let start = 0; start < bytes.length; start += slice) {
      const part = bytes.subarray(start, start + slice);
      hash.update(part);
      hashed += part.length;
      if (hashed < slice) continue;
      hashed = 0;
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  return hash.digest("hex");
}
