import { defined } from "../../defined.ts";
import { oneLine } from "../../display/format.ts";
import type { ClassLabel } from "../../data/dataset.ts";
import { openDescribedWeights } from "../../runs/open_net.ts";
import {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
} from "../../weights/describe.ts";
import { weightsFile } from "../../weights/file_format.ts";
import { openWeights } from "../../weights/open_weights.ts";
import { fetchPublished, isPublished } from "../../weights/published.ts";
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
  const newHead = options.newHead === true || options.recipe === "features";
  const weights = await openDescribed(options.weights, classes, { ...options, newHead });
  const dispose = (): void => weights[Symbol.dispose]();
  try {
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
  { preprocessing, network: { inputSize } = {}, newHead = false, signal, onMessage }:
    OpenPretrainedOptions,
): Promise<DescribedWeights> {
  const asked = {
    newHead,
    ...defined({ preprocessing, inputSize }),
  };
  if (isPublished(from)) {
    const { path, classes: own, ...known } = await fetchPublished(from, {
      ...defined({ signal, onMessage }),
    });
    return await openFile(path, own, { ...known, ...asked, newHead: true });
  }
  // Outputs without names are taken for the data's classes, if there are as many.
  const file = await weightsFile(from);
  if (file !== undefined) return await openFile(file, classes, asked);
  return await openDescribedWeights(from);
}

async function openFile(
  path: string,
  classes: readonly ClassLabel[],
  { newHead, ...options }: DescribeOptions & { readonly newHead: boolean },
): Promise<DescribedWeights> {
  const weights = await openWeights(path);
  try {
    const outputs = weights.arrays.get("predictions/bias")?.shape[0];
    const { description, facts } = weights;
    const assumed = outputs === classes.length && !description && !facts.classes;
    const described = describeWeights(weights, {
      ...options,
      top: "optional",
      ...(assumed ? { classes } : {}),
    });
    return assumed && !newHead
      ? { ...described, notes: [...described.notes, outputsNote(path, outputs)] }
      : described;
  } catch (error) {
    weights[Symbol.dispose]();
    throw error;
  }
}

function outputsNote(path: string, outputs: number): string {
  return oneLine(
    `${path} does not name its ${outputs} classes: assumed those of the data in their order. ` +
      "For a new last layer: --new-head",
  );
}
