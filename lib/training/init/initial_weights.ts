import { resolve } from "@std/path";
import { isFolder } from "../../data/sources/folders.ts";
import type { tf } from "../../engine/tf.ts";
import { buildVGG } from "../../vgg/build.ts";
import { copyShallower } from "../../vgg/copy_shallower.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import type { PreprocessingName } from "../../weights/preprocessing.ts";
import { isPublished } from "../../weights/published.ts";
import { assignWeights } from "../../weights/weights.ts";
import { loadModel } from "../../runs/load_model.ts";
import { openRun } from "../../runs/run.ts";
import type { InitialWeightsRecord } from "../../runs/run_record.ts";
import { defaultSeed } from "../config/resolve_settings.ts";
import type { PretrainedWeights } from "./pretrained_weights.ts";

/** Where a run's first weights come from; without either, from the network's initializer alone. */
export interface InitialWeightsOptions {
  /**
   * A run's folder: the net starts from the first four convolutions and the fully connected layers of
   * that run's best weights, where block, name and shape agree (section 3.1 of the paper).
   */
  readonly shallow?: string;
  /**
   * A run's folder, a weights file (see `openWeights`), or the name of published weights, which are
   * fetched: the net is of that network unless another is asked for, and starts from its weights. Where
   * the classes are others the last layer is new, and all fully connected layers where they do not fit.
   */
  readonly weights?: string;
  /** Makes the last layer new even where the classes are the same. */
  readonly newHead?: boolean;
  /** How images became input, of a weights file that does not say it. */
  readonly preprocessing?: PreprocessingName;
}

/** A net before its first step. */
export interface InitializedModel {
  readonly model: tf.LayersModel;
  readonly start?: InitialWeightsRecord;
}

/**
 * What the options ask for, without looking whether it is there.
 *
 * @throws {RangeError} Where they exclude each other.
 */
export function describeInitialWeights(
  { shallow, weights, newHead, preprocessing }: InitialWeightsOptions,
): Pick<InitialWeightsRecord, "kind" | "from"> | undefined {
  if (shallow !== undefined && weights !== undefined) {
    throw new RangeError(
      `a net starts from shallow or from weights. Received: shallow ${shallow}, weights ${weights}`,
    );
  }
  if (weights !== undefined) {
    return { kind: "weights", from: isPublished(weights) ? weights : resolve(weights) };
  }
  if (newHead) throw new RangeError("a new head needs weights to start from. Received: none");
  if (preprocessing) {
    throw new RangeError(
      `preprocessing is that of weights. Received: ${preprocessing} without any`,
    );
  }
  return shallow === undefined ? undefined : { kind: "shallow", from: resolve(shallow) };
}

/**
 * The seed of a run. By default a net that starts from another run has that run's next: with the same
 * one it would see the same crops in the same order through the same dropout again, and know them by
 * these.
 *
 * @throws {RunError} Where that run is missing.
 */
export async function resolveSeed(
  { seed, shallow, weights }: InitialWeightsOptions & { readonly seed?: number },
): Promise<number> {
  if (seed !== undefined) return seed;
  const from = shallow ?? weights;
  if (from === undefined) return defaultSeed;
  if (weights !== undefined && !await isFolder(weights)) return defaultSeed + 1;
  return (await openRun(from)).record.seed + 1;
}

/**
 * Builds a network and gives it the weights that it shall start with. The engine must be ready.
 *
 * @param weights What {@linkcode openPretrained} gave.
 * @throws {RunError} Where a run or its weights are missing; {RangeError} where none of them fits.
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
      : await copyShallowNet(model, options.shallow!);
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
  throw new RangeError(
    `shallow must be a run whose net shares layers in name and shape with the new one. ` +
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
