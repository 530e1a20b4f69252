import type { ClassLabel } from "../data/dataset.ts";
import { isFolder } from "../data/folders.ts";
import { type DescribedWeights, describeWeights } from "../weights/describe.ts";
import { openWeights, type StoredWeights } from "../weights/open_weights.ts";
import type { PreprocessingName } from "../weights/preprocessing.ts";
import type { StoredArray } from "../weights/stored_weights.ts";
import { netOf } from "./open_net.ts";
import { openRun } from "./run.ts";
import type { Settings } from "./settings.ts";
import { describeStart, type StartOptions } from "./start.ts";
import { type Transfer, transferOf, type TransferOptions } from "./transfer.ts";

/** The trained weights that a run starts from, open, and what becomes of them. `using` closes them. */
export interface StartingWeights extends Disposable {
  readonly weights: DescribedWeights;
  readonly transfer: Transfer;
}

/**
 * Opens the weights that the options name, if they do, and decides what becomes of them.
 *
 * @throws {RunError}, {RangeError} or {WeightsError} Where they are missing, damaged, or do not fit.
 */
export async function openStart(
  options: StartOptions & Omit<TransferOptions, "classes"> & Pick<Settings, "recipe">,
  classes: readonly ClassLabel[],
): Promise<StartingWeights | undefined> {
  if (!describeStart(options) || options.weights === undefined) return undefined;
  const weights = await openDescribed(options.weights, options.preprocessing, classes);
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
  preprocessing: PreprocessingName | undefined,
  classes: readonly ClassLabel[],
): Promise<DescribedWeights> {
  try {
    if (!await isFolder(from)) return await openFile(from, preprocessing, classes);
    const run = await openRun(from);
    await run.requireWeights("best");
    return { ...await openWeights(run.path("best")), description: netOf(run.record) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RangeError(
      `weights must be a run's folder or a file that is there. Received: ${from}`,
    );
  }
}

async function openFile(
  from: string,
  preprocessing: PreprocessingName | undefined,
  classes: readonly ClassLabel[],
): Promise<DescribedWeights> {
  const weights = await openWeights(from);
  try {
    const whole = withClassifier(weights);
    // Outputs without names are taken for the data's classes, where they are as many.
    const outputs = whole.arrays.get("predictions/bias")?.shape[0];
    return describeWeights(whole, {
      ...(outputs === classes.length ? { classes } : {}),
      ...(preprocessing ? { preprocessing } : {}),
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
    read: () => Promise.resolve(new Float32Array(shape.reduce((a, b) => a * b))),
  });
  const top = [["predictions/kernel", blank(channels, 1)], ["predictions/bias", blank(1)]] as const;
  return { ...weights, arrays: new Map([...weights.arrays, ...top]) };
}
