import { resolve } from "@std/path";
import { isFolder } from "../data/folders.ts";
import type { tf } from "../engine/tf.ts";
import { buildVGG } from "../vgg/build.ts";
import { copyShallower } from "../vgg/copy_shallower.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { loadWeights } from "../weights/weights.ts";
import { loadModel } from "./load_model.ts";
import { openRun } from "./run.ts";
import type { StartRecord } from "./run_record.ts";
import { defaultSeed } from "./settings.ts";

/** Where a run's first weights come from; without either, from the network's initializer alone. */
export interface StartOptions {
  /**
   * A run's folder: the net starts from the first four convolutions and the fully connected layers of
   * that run's best weights, where block, name and shape agree (section 3.1 of the paper).
   */
  readonly shallow?: string;
  /** A run's folder, or a file of the safetensors format: the net starts from all of its weights. */
  readonly weights?: string;
}

/** A net before its first step. */
export interface StartedModel {
  readonly model: tf.LayersModel;
  readonly start?: StartRecord;
}

/**
 * What the options ask for, without looking whether it is there.
 *
 * @throws {RangeError} Where they ask for both.
 */
export function describeStart(
  { shallow, weights }: StartOptions,
): Pick<StartRecord, "kind" | "from"> | undefined {
  if (shallow !== undefined && weights !== undefined) {
    throw new RangeError(
      `a net starts from shallow or from weights. Received: shallow ${shallow}, weights ${weights}`,
    );
  }
  if (shallow !== undefined) return { kind: "shallow", from: resolve(shallow) };
  return weights === undefined ? undefined : { kind: "weights", from: resolve(weights) };
}

/**
 * The seed of a run. By default a net that starts from another run has that run's next: with the same
 * one it would see the same crops in the same order through the same dropout again, and know them by
 * these.
 *
 * @throws {RunError} Where that run is missing.
 */
export async function resolveSeed(
  { seed, shallow, weights }: StartOptions & { readonly seed?: number },
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
 * @throws {RunError} Where a run or its weights are missing; {RangeError} where weights do not fit, or
 *   none does.
 */
export async function startModel(
  network: VGGOptions,
  options: StartOptions,
): Promise<StartedModel> {
  const start = describeStart(options);
  const model = buildVGG(network);
  if (!start) return { model };
  const { shallow, weights = "" } = options;
  try {
    const layers = shallow === undefined
      ? await beginWithAll(model, weights)
      : await beginShallow(model, shallow);
    return { model, start: { ...start, layers } };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function beginShallow(model: tf.LayersModel, directory: string): Promise<string[]> {
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

async function beginWithAll(model: tf.LayersModel, from: string): Promise<string[]> {
  try {
    await loadWeights(model, await fileOf(from));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) {
      throw new RangeError(
        `weights must be a run's folder or a file that is there. Received: ${from}`,
      );
    }
    if (!(error instanceof TypeError)) throw error;
    throw new RangeError(`weights must be the network's by name and shape. ${error.message}`);
  }
  return model.layers.filter(({ weights }) => weights.length > 0).map(({ name }) => name);
}

async function fileOf(from: string): Promise<string> {
  if (!await isFolder(from)) return from;
  const run = await openRun(from);
  await run.requireWeights("best");
  return run.path("best");
}
