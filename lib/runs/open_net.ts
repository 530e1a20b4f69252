import { isFile, isFolder } from "../data/sources/folders.ts";
import { OptionError } from "../errors.ts";
import {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
} from "../weights/describe.ts";
import type { Net, NetDescription } from "../weights/net.ts";
import { openWeights } from "../weights/open_weights.ts";
import {
  fetchPublished,
  isPublished,
  type PublishedOptions,
  publishedWeights,
} from "../weights/published.ts";
import { buildNet } from "../weights/weights.ts";
import { recordedNetwork } from "./load_model.ts";
import { openRun } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/** How {@linkcode openDescribedWeights} works. */
export interface OpenWeightsOptions extends DescribeOptions {
  /** Of published weights that have to be fetched. */
  readonly fetch?: PublishedOptions;
  /** Hears in one line what is assumed where a file does not say how images become its input. */
  readonly onMessage?: (line: string) => void;
}

/** How {@linkcode openNet} works. */
export interface OpenNetOptions extends OpenWeightsOptions {
  /** Of the last layer: `softmax` gives probabilities (the default), `linear` logits. */
  readonly activation?: "softmax" | "linear";
}

/**
 * A network with its weights and all that is needed to show it images. The engine must be ready; the
 * caller disposes of the model.
 *
 * @param from See {@linkcode openDescribedWeights}.
 * @throws As it does.
 *
 * @example
 * ```ts ignore
 * const { model, classes, fit, normalisation } = await openNet("runs/mine");
 * ```
 */
export async function openNet(from: string, options: OpenNetOptions = {}): Promise<Net> {
  const { activation = "softmax" } = options;
  using weights = await openDescribedWeights(from, options);
  const { description } = weights;
  const model = await buildNet({ ...description.network, activation }, weights);
  return { ...description, model };
}

/**
 * Opens weights and finds out what net they are of, and how it wants its images.
 *
 * @param from A run's folder, whose best weights are taken; a weights file, see
 *   {@linkcode openWeights}; or the name of published weights, which are fetched where they are not
 *   there yet. For a file that does not say how images become its input a way is assumed, which
 *   `onMessage` is told, see {@linkcode describeWeights}.
 * @throws {RunError} Where a run is damaged or has no weights; {WeightsError} where a file is damaged or
 *   of no VGG net; {FetchError} where it cannot be fetched; {OptionError} where there is nothing.
 */
export async function openDescribedWeights(
  from: string,
  options: OpenWeightsOptions = {},
): Promise<DescribedWeights> {
  if (isPublished(from)) {
    const { path, ...known } = await fetchPublished(from, options.fetch);
    return await openFile(path, { ...known, ...options });
  }
  if (await isFolder(from)) {
    const run = await openRun(from);
    await run.requireWeights("best");
    return { ...await openWeights(run.path("best")), description: netMetadata(run.record) };
  }
  if (await isFile(from)) return await openFile(from, options);
  throw new OptionError(
    "weights are a run's folder, a file that is there, or one of " +
      `${Object.keys(publishedWeights).join(", ")}. Received: ${from}`,
  );
}

async function openFile(path: string, options: OpenWeightsOptions): Promise<DescribedWeights> {
  const weights = await openWeights(path);
  try {
    const described = describeWeights(weights, options);
    if (described.assumption) options.onMessage?.(described.assumption);
    return described;
  } catch (error) {
    weights[Symbol.dispose]();
    throw error;
  }
}

/** What travels with the weights of a run. */
export function netMetadata(record: Pick<RunRecord, "data" | "model" | "recipe">): NetDescription {
  const { classes, fit, normalisation } = record.data;
  const flipAtTest = record.recipe.flipAtTest === true;
  return { network: recordedNetwork(record), classes, fit, normalisation, flipAtTest };
}
