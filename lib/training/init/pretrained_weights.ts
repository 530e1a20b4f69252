import type { ClassLabel } from "../../data/dataset.ts";
import { isFile } from "../../data/sources/folders.ts";
import { openDescribedWeights } from "../../runs/open_net.ts";
import {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
} from "../../weights/describe.ts";
import { openWeights, type StoredWeights } from "../../weights/open_weights.ts";
import { fetchPublished, isPublished } from "../../weights/published.ts";
import { countOf, type StoredArray } from "../../weights/weights_file.ts";
import type { InitialWeightsOptions, TrainSettings } from "../config/settings.ts";
import { describeInitialWeights } from "./initial_weights.ts";
import { type PretrainedWeights, transferOf } from "./transfer.ts";

/** How {@linkcode openPretrained} works. */
export interface OpenPretrainedOptions
  extends InitialWeightsOptions, Pick<TrainSettings, "recipe" | "network"> {
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
}

/**
 * Opens the weights that the options name, if any, and decides what the net takes over from them.
 *
 * @throws {RunError}, {OptionError} or {WeightsError} If they are missing, damaged, or do not fit;
 *   {FetchError} if published weights cannot be fetched.
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
  // Outputs without names are taken for the data's classes, if there are as many.
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

/** Adds a top of one class to weights that have none. The net gets a new one, as its classes differ. */
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
