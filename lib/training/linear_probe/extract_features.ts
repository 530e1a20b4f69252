import { join } from "@std/path";
import { createHash, type Hash } from "node:crypto";
import { type Augment, makeAugment, type Normalization } from "../../data/augment/mod.ts";
import { batches } from "../../data/pipeline/batches.ts";
import type { PreparedSplit } from "../../data/pipeline/prepared_split.ts";
import { compile, type Precision } from "../../engine/compile.ts";
import { tf } from "../../engine/tf.ts";
import { WeightsError } from "../../weights/errors.ts";
import { digestKey } from "../../weights/safetensors/digest.ts";
import { openSafetensors } from "../../weights/safetensors/open_safetensors.ts";
import { writeSafetensors } from "../../weights/safetensors/write_safetensors.ts";
import { passThrough } from "../step/frozen_layers.ts";

/** The features of a split's images. */
export interface Features {
  /** `[length, size]`, in the split's order. */
  readonly values: Float32Array<ArrayBuffer>;
  readonly length: number;
  readonly size: number;
  /** Whether they were read from the cache. */
  readonly cached: boolean;
}

/** The settings of {@linkcode extractFeatures}. */
export interface FeatureOptions {
  /** How images become the layers' input. */
  readonly normalization: Normalization;
  /** Default `float32`. */
  readonly precision?: Precision;
  readonly batchSize: number;
  /** The folder of the cached features. */
  readonly cacheDirectory: string;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of finished images and the number of all images. */
  readonly onProgress?: (done: number, total: number) => void;
}

const name = "features";

/**
 * Computes the output of sequential layers for each image of a split, in inference mode, or reads it from
 * the cache. The cache key is a digest of the layers, their weights, the normalization, the precision and
 * the images, so that cached features are never out of date. Those of streamed images are not cached.
 *
 * @param layers The first layers of a net, the last of which returns `[images, features]`.
 * @throws The signal's reason if it aborts.
 */
export async function extractFeatures(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  options: FeatureOptions,
): Promise<Features> {
  const size = layers.at(-1)?.outputShape.at(-1) as number;
  if (split.statisticsSample) {
    // The digest knows a sample of the pixels only.
    const values = await compute(layers, split, options);
    return { values, length: split.length, size, cached: false };
  }
  const digest = await digestOf(layers, split, options);
  const path = join(options.cacheDirectory, `${digest}.safetensors`);
  const cachedValues = await readCached(path, [split.length, size]);
  if (cachedValues) return { values: cachedValues, length: split.length, size, cached: true };
  const values = await compute(layers, split, options);
  await Deno.mkdir(options.cacheDirectory, { recursive: true });
  await writeSafetensors(
    path,
    new Map([[name, [split.length, size]]]),
    () => Promise.resolve(values),
  );
  return { values, length: split.length, size, cached: false };
}

async function digestOf(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  { normalization, precision = "float32" }: FeatureOptions,
): Promise<string> {
  const hash = createHash("sha256");
  // Features in float32 keep the digest that they had before there were others.
  addText(hash, [normalization, split.digest, ...(precision === "float32" ? [] : [precision])]);
  for (const layer of layers) {
    addText(hash, [layer.getClassName(), layer.getConfig()]);
    for (const weight of layer.getWeights()) hash.update(await weight.data<"float32">());
  }
  return hash.digest("hex");
}

function addText(hash: Hash, value: unknown): void {
  hash.update(JSON.stringify(value) + "\n");
}

/** Reads cached features; returns nothing if the file is missing, damaged or of another shape. */
async function readCached(
  path: string,
  shape: readonly [number, number],
): Promise<Float32Array<ArrayBuffer> | undefined> {
  try {
    using file = await openSafetensors(path);
    const array = file.arrays.get(name);
    if (String(array?.shape) !== String(shape)) return undefined;
    return file.metadata[digestKey] === undefined ? undefined : await array?.read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof WeightsError) return undefined;
    throw error;
  }
}

async function compute(
  layers: readonly tf.layers.Layer[],
  split: PreparedSplit,
  { normalization, precision = "float32", batchSize, signal, onProgress }: FeatureOptions,
): Promise<Float32Array<ArrayBuffer>> {
  const prepare: Augment = makeAugment({ kind: "none" }, normalization);
  const features = compile(
    (...drawn: tf.Tensor[]) => passThrough(layers, prepare.apply(drawn)),
    { precision },
  );
  const parts: Float32Array[] = [];
  let done = 0;
  try {
    for await (const batch of batches(split, { batchSize, ...(signal ? { signal } : {}) })) {
      const drawn = prepare.sample(batch, 0);
      try {
        const output = await features.callAsync(...drawn);
        parts.push(await output.data<"float32">().finally(() => output.dispose()));
      } finally {
        tf.dispose(drawn);
      }
      onProgress?.(done += batch.length, split.length);
    }
  } finally {
    features.dispose();
  }
  const values = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const part of parts) {
    values.set(part, offset);
    offset += part.length;
  }
  return values;
}
