import { isFolder } from "../data/sources/folders.ts";
import { OptionError } from "../errors.ts";
import {
  type DescribedWeights,
  type DescribeOptions,
  describeWeights,
  remarksOn,
} from "../weights/describe.ts";
import { weightsFile } from "../weights/file_format.ts";
import type { Net, NetDescription } from "../weights/net.ts";
import { grayNote, readingColors } from "../weights/network/image_channels.ts";
import { openWeights, type StoredWeights } from "../weights/open_weights.ts";
import {
  fetchPublished,
  isPublished,
  type PublishedOptions,
  weightsNames,
} from "../weights/published.ts";
import { buildNet } from "../weights/weights.ts";
import { openRunWeights, recordedNetwork } from "./load_model.ts";
import { openRun } from "./run.ts";
import type { RunRecord } from "./run_record.ts";

/** The settings of {@linkcode openDescribedWeights}. */
export interface OpenWeightsOptions extends DescribeOptions {
  /** How published weights are downloaded. */
  readonly fetch?: PublishedOptions;
  /** Called with each line that says what is assumed of a file, or left out. */
  readonly onMessage?: (line: string) => void;
}

/** The settings of {@linkcode openNet}. */
export interface OpenNetOptions extends OpenWeightsOptions {
  /** The activation of the last layer: `softmax` for probabilities (the default), `linear` for logits. */
  readonly activation?: "softmax" | "linear";
}

/**
 * Opens a network with its weights, classes and preprocessing. The engine must be ready. The caller
 * disposes of the model.
 *
 * @param from See {@linkcode openDescribedWeights}.
 * @throws The errors of {@linkcode openDescribedWeights}.
 *
 * @example
 * ```ts ignore
 * const { model, classes, fit, normalization } = await openNet("runs/mine");
 * ```
 */
export async function openNet(from: string, options: OpenNetOptions = {}): Promise<Net> {
  const { activation = "softmax" } = options;
  using opened = await openDescribedWeights(from, options);
  const weights = inColors(opened, options.onMessage);
  const { description } = weights;
  const model = await buildNet(
    { ...description.network, activation },
    weights,
    weights.describedIn,
  );
  return { ...description, model };
}

/**
 * Converts a net that its description says to read gray images to one that reads RGB images, as all images
 * here are.
 */
function inColors(
  weights: DescribedWeights,
  onMessage: OpenWeightsOptions["onMessage"],
): DescribedWeights {
  const { path, description } = weights;
  const { network, normalization: { kind, mean: [mean], deviation: [deviation] } } = description;
  if ((network.channels ?? 3) === 3) return weights;
  const arrays = readingColors(path, weights.arrays);
  onMessage?.(`${path}: ${grayNote}`);
  return {
    ...weights,
    arrays,
    description: {
      ...description,
      network: { ...network, channels: 3 },
      normalization: {
        kind,
        mean: [mean, mean, mean],
        deviation: [deviation, deviation, deviation],
      },
    },
  };
}

/**
 * Opens weights, and determines their net and its preprocessing. The caller disposes of the result.
 *
 * @param from A run's folder, whose best weights are opened; a weights file, or a folder of TensorFlow's,
 *   see {@linkcode openWeights}; or the name of published weights, which are downloaded if they are
 *   missing. If a file does not say how images are preprocessed, a preprocessing is assumed and reported
 *   to `onMessage`: see {@linkcode describeWeights}.
 * @throws {RunError} If a run is damaged or has no weights; {WeightsError} if a file is damaged or has no
 *   weights of a VGG net; {FetchError} if the download fails; {OptionError} if `from` does not exist.
 */
export async function openDescribedWeights(
  from: string,
  options: OpenWeightsOptions = {},
): Promise<DescribedWeights> {
  if (isPublished(from)) {
    const { path, ...published } = await fetchPublished(from, options.fetch);
    return await openFile(path, { ...published, ...options });
  }
  const file = await weightsFile(from);
  if (file !== undefined) return await openFile(file, options);
  if (await isFolder(from)) {
    const run = await openRun(from);
    const description = netMetadata(run.record);
    const weights = await openRunWeights(run, "best");
    const described = describeOrClose({ ...weights, description }, options);
    return { ...described, describedIn: run.path("record") };
  }
  throw new OptionError(
    "weights must be a run's folder, an existing file, or one of " +
      `${weightsNames()}. Received: ${from}`,
  );
}

async function openFile(path: string, options: OpenWeightsOptions): Promise<DescribedWeights> {
  const described = describeOrClose(await openWeights(path), options);
  for (const remark of remarksOn(described)) options.onMessage?.(remark);
  return described;
}

function describeOrClose(weights: StoredWeights, options: DescribeOptions): DescribedWeights {
  try {
    return describeWeights(weights, options);
  } catch (error) {
    weights[Symbol.dispose]();
    throw error;
  }
}

/** Returns the description of a run's net, which is stored with its weights. */
export function netMetadata(
  record: Pick<RunRecord, "data" | "model" | "recipe" | "precision">,
): NetDescription {
  const { classes, fit, normalization } = record.data;
  const flipAtTest = record.recipe.flipAtTest === true;
  const description = { network: recordedNetwork(record), classes, fit, normalization, flipAtTest };
  const { precision } = record;
  return precision === "float32" ? description : { ...description, precision };
}
