import { createHash, type Hash, hash } from "node:crypto";
import { join } from "@std/path";
import { type Augment, makeAugment, type Normalisation } from "../../data/augment/mod.ts";
import { batches } from "../../data/pipeline/batches.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { compile } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { WeightsError } from "../../weights/errors.ts";
import { openSafetensors, writeSafetensors } from "../../weights/safetensors.ts";
import { passThrough } from "../step/frozen_layers.ts";

/** What layers give for the images of a split. */
export interface Features {
  /** `[length, size]`, in the split's order. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly length: number;
  readonly size: number;
  /** Whether they were known from an earlier time. */
  readonly cached: boolean;
}

/** How {@linkcode extractFeatures} works. */
export interface FeatureOptions {
  /** How images become the layers' input. */
  readonly normalisation: Normalisation;
  readonly batchSize: number;
  /** Where features are kept. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
  /** Images that are done, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

const name = "features";
/** The key under which a file says the digest of its own values. */
const proof = "sha256";

/**
 * Computes what a chain of layers gives for each image of a split, as in inference, or takes it from
 * disk: features are kept under a digest of the layers, their weights, the normalisation and the
 * images themselves, so that what is found is never out of date.
 *
 * @param layers From the input on, to one that gives `[images, features]`.
 * @throws The signal's reason when it aborts.
 */
export async function extractFeatures(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  options: FeatureOptions,
): Promise<Features> {
  const digest = await digestOf(layers, split, options.normalisation);
  const path = join(options.cacheDirectory, `${digest}.safetensors`);
  const size = layers.at(-1)?.outputShape.at(-1) as number;
  const known = await read(path, [split.length, size]);
  if (known) return { values: known, length: split.length, size, cached: true };
  const values = await compute(layers, split, options);
  await Deno.mkdir(options.cacheDirectory, { recursive: true });
  await writeSafetensors(
    path,
    new Map([[name, [split.length, size]]]),
    () => Promise.resolve(values),
    { [proof]: hash("sha256", values) },
  );
  return { values, length: split.length, size, cached: false };
}

async function digestOf(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  normalisation: Normalisation,
): Promise<string> {
  const hash = createHash("sha256");
  addText(hash, [normalisation, split.digest]);
  for (const layer of layers) {
    addText(hash, [layer.getClassName(), layer.getConfig()]);
    for (const weight of layer.getWeights()) hash.update(await weight.data<"float32">());
  }
  return hash.digest("hex");
}

function addText(hash: Hash, value: unknown): void {
  hash.update(JSON.stringify(value) + "\n");
}

/** Known features of a shape; a file that is missing, damaged or of another shape counts as none. */
async function read(
  path: string,
  shape: readonly [number, number],
): Promise<Float32Array<ArrayBuffer> | undefined> {
  try {
    using file = await openSafetensors(path);
    const array = file.arrays.get(name);
    if (String(array?.shape) !== String(shape)) return undefined;
    const values = await array?.read();
    return values && hash("sha256", values) === file.metadata[proof] ? values : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof WeightsError) return undefined;
    throw error;
  }
}

async function compute(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  { normalisation, batchSize, signal, onProgress }: FeatureOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const prepare: Augment = makeAugment({ kind: "none" }, normalisation);
  const give = compile((...drawn: tf.Tensor[]) => passThrough(layers, prepare.apply(drawn)));
  const parts: Float32Array[] = [];
  let done = 0;
  try {
    for await (const batch of batches(split, { batchSize, ...(signal ? { signal } : {}) })) {
      const drawn = prepare.sample(batch, 0);
      try {
        const output = await give.callAsync(...drawn);
        parts.push(await output.data<"float32">().finally(() => output.dispose()));
      } finally {
        tf.dispose(drawn);
      }
      onProgress?.(done += batch.length, split.length);
    }
  } finally {
    give.dispose();
  }
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}
