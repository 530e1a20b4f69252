import { isFile } from "../../data/sources/folders.ts";
import type { ClassLabel } from "../../data/dataset.ts";
import {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
} from "../../weights/describe.ts";
import { openWeights, type StoredWeights } from "../../weights/open_weights.ts";
import { fetchPublished, isPublished } from "../../weights/published.ts";
import { countOf, type StoredArray } from "../../weights/weights_file.ts";
import { openDescribedWeights } from "../../runs/open_net.ts";
import type { Settings } from "../config/resolve_settings.ts";
import { describeInitialWeights, type InitialWeightsOptions } from "./initial_weights.ts";
import { type Transfer, transferOf } from "./transfer.ts";

/** The trained weights that a run starts from, open, and what becomes of them. `using` closes them. */
export interface PretrainedWeights extends Disposable {
  readonly weights: DescribedWeights;
  readonly transfer: Transfer;
}

/** How {@linkcode openPretrained} works. */
export interface OpenPretrainedOptions
  extends InitialWeightsOptions, Pick<Settings, "recipe" | "network"> {
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
}

/**
 * Opens the weights that the options name, if they do, and decides what becomes of them.
 *
 * @throws {RunError}, {RangeError} or {WeightsError} Where they are missing, damaged, or do not fit;
 *   {FetchError} where published ones cannot be fetched.
 */
export async function openPretrained(
  options: OpenPretrainedOptions,
  classes: readonly ClassLabel[],
): Promise<PretrainedWeights | undefined> {
  if (!describeInitialWeights(options) || options.weights === undefined) return undefined;
  const weights = await openDescribed(options.weights, classes, options);
  const dispose = (): void => weights[Symbol.dispose]();
  try {
    const newHead = options.newHead || options.recipe === "features";
    const transfer = transferOf(weights, { network: options.network, classes, newHead });
    return { weights, transfer, [Symbol.dispose]: dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

async function openDescribed(
  from: string,
  classes: readonly ClassLabel[],
  { preprocessing, signal, onMessage }: OpenPretrainedOptions,
): Promise<DescribedWeights> {
  const asked = preprocessing ? { preprocessing } : {};
  if (isPublished(from)) {
    const { path, classes: own, ...known } = await fetchPublished(from, {
      ...(signal ? { signal } : {}),
      ...(onMessage ? { onMessage } : {}),
    });
    return await openFile(path, own, { ...known, ...asked });
  }
  // Outputs without names are taken for the data's classes, where they are as many.
  if (await isFile(from)) return await openFile(from, classes, asked);
  return await openDescribedWeights(from);
}

async function openFile(
  path: string,
  classes: readonly ClassLabel[],
  options: DescribeOptions,
): Promise<DescribedWeights> {
  const weights = await openWeights(path);
  try {
    const whole = withClassifier(weights);
    const outputs = whole.arrays.get("predictions/bias")?.shape[0];
    return describeWeights(whole, {
      ...options,
      ...(outputs === classes.length ? { classes } : {}),
    });
  } catch (error) {
    weights[Symbol.dispose]();
    throw error;
  }
}

/** Weights without a top, which are published for this use, get one of one class: a new one follows. */
function withClassifier(weights: StoredWeights): StoredWeights {
  if (weights.arrays.has("predictions/kernel")) return weights;
  const channels = weights.arrays.get("block5_conv2/kernel")?.shape.at(-1) ?? 0;
  const blank = (...shape: number[]): StoredArray => ({
    shape,
    read: () => Promise.resolve(new Float32Array(countOf(shape))),
  });
  const top = [["predictions/kernel", blank(channels, 1)], ["predictions/bias", blank(1)]] as const;
  return { ...weights, arrays: new Map([...weights.arrays, ...top]) };
}
