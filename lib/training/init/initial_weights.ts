import { resolve } from "@std/path";
import { existsSync } from "node:fs";
import { isFolder } from "../../data/sources/folders.ts";
import type { tf } from "../../engine/tf.ts";
import { OptionError } from "../../errors.ts";
import { loadModel } from "../../runs/load_model.ts";
import { openRun } from "../../runs/run.ts";
import type { InitialWeightsRecord } from "../../runs/run_record.ts";
import { ownWeights, weightsFile } from "../../weights/file_format.ts";
import { buildVGG } from "../../vgg/build.ts";
import { copyShallower } from "../../vgg/copy_shallower.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import { isPublished } from "../../weights/published.ts";
import { assignWeights } from "../../weights/weights.ts";
import { defaults, type InitialWeightsOptions } from "../config/settings.ts";
import type { PretrainedWeights } from "./transfer.ts";

/** A net before its first step. */
export interface InitializedModel {
  readonly model: tf.LayersModel;
  readonly start?: InitialWeightsRecord;
}

/**
 * Where the options say that the weights come from. Nothing is opened.
 *
 * @throws {OptionError} If the options exclude each other.
 */
export function describeInitialWeights(
  { initFromShallow, weights, newHead, preprocessing }: InitialWeightsOptions,
): Pick<InitialWeightsRecord, "kind" | "from"> | undefined {
  if (initFromShallow !== undefined && weights !== undefined) {
    throw new OptionError(
      `a net starts from a shallower net (initFromShallow) or from weights. ` +
        `Received: both, ${initFromShallow} and ${weights}`,
    );
  }
  if (weights !== undefined) {
    const isName = isPublished(weights) ||
      !existsSync(weights) && ownWeights(weights) !== undefined;
    return { kind: "weights", from: isName ? weights : resolve(weights) };
  }
  if (newHead) throw new OptionError("a new head needs weights to start from. Received: none");
  if (preprocessing) {
    throw new OptionError(
      `preprocessing is that of weights. Received: ${preprocessing} without any`,
    );
  }
  return initFromShallow === undefined
    ? undefined
    : { kind: "shallow", from: resolve(initFromShallow) };
}

/**
 * The seed of a run. A net that starts from another run has by default that run's seed plus one: with
 * the same seed it would see the same crops in the same order with the same dropout again.
 *
 * @throws {RunError} If that run is missing.
 */
export async function resolveSeed(
  { seed, initFromShallow, weights }: InitialWeightsOptions & { readonly seed?: number },
): Promise<number> {
  if (seed !== undefined) return seed;
  const from = initFromShallow ?? weights;
  if (from === undefined) return defaults.seed;
  const isOther = weights !== undefined &&
    (await weightsFile(weights) !== undefined || !await isFolder(weights));
  if (isOther) return defaults.seed + 1;
  return (await openRun(from)).record.seed + 1;
}

/**
 * Builds a network with its initial weights. The engine must be ready; the caller disposes of the model.
 *
 * @param weights From {@linkcode openPretrained}.
 * @throws {RunError} If a run or its weights are missing; {OptionError} if none of them fits.
 */
export async function initializeModel(
  network: VGGOptions,
  options: InitialWeightsOptions,
  weights: PretrainedWeights | undefined,
): Promise<InitializedModel> {
  const start = describeInitialWeights(options);
  const model = buildVGG(network);
  if (!start) return { model };
  try {
    const layers = weights
      ? await loadPretrained(model, weights)
      : await copyShallowNet(model, options.initFromShallow!);
    const newLayers = weights?.transfer.newLayers ?? [];
    return { model, start: { ...start, layers, ...(newLayers.length > 0 ? { newLayers } : {}) } };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function copyShallowNet(model: tf.LayersModel, directory: string): Promise<string[]> {
  const run = await openRun(directory);
  const source = await loadModel(run);
  try {
    const layers = copyShallower(source, model);
    if (layers.length > 0) return layers;
  } finally {
    source.dispose();
  }
  const { configuration, width = 1 } = run.record.model;
  throw new OptionError(
    `initFromShallow must be a run whose net shares layers in name and shape with the new one. ` +
      `Received: ${directory}, VGG ${configuration} of width ${width}, which shares none`,
  );
}

async function loadPretrained(
  model: tf.LayersModel,
  { weights: { path, arrays }, transfer: { newLayers } }: PretrainedWeights,
): Promise<string[]> {
  const layers = model.layers
    .filter(({ name, weights }) => weights.length > 0 && !newLayers.includes(name))
    .map(({ name }) => name);
  const taken = [...arrays].filter(([name]) => layers.includes(name.split("/")[0]!));
  await assignWeights(model, { path, arrays: new Map(taken) }, newLayers);
  return layers;
}
