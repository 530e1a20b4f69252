import { RunError } from "../runs/json_files.ts";
import { recordedNetwork } from "../runs/load_model.ts";
import type { RunRecord } from "../runs/run_record.ts";
import { type NetworkName, networks } from "../vgg/configurations.ts";
import type { VGGOptions } from "../vgg/options.ts";
import type { LearningCurvesOptions } from "./charts/learning_curves.ts";
import { commonName } from "./charts/network_drawing.ts";

const isConfiguration = (name: unknown): name is NetworkName =>
  typeof name === "string" && Object.hasOwn(networks, name);

/** A run's network, or `undefined` if it is not one of the paper's. */
export function networkHeading(record: RunRecord): VGGOptions | undefined {
  try {
    return recordedNetwork(record);
  } catch (error) {
    if (error instanceof RunError) return undefined;
    throw error;
  }
}

/** The epochs to mark in the learning curves: the best one, and the one that stopped training early. */
export function markedEpochs(
  { result }: RunRecord,
): Pick<LearningCurvesOptions, "bestEpoch" | "stop"> {
  return {
    ...(result && result.best_epoch > 0 ? { bestEpoch: result.best_epoch } : {}),
    ...(result?.stopped ? { stop: { epoch: result.epochs, label: result.stopped } } : {}),
  };
}

/**
 * The network and data of a run in one line: `VGG16, 224 px, on imagenette160`.
 *
 * @param images The images instead of the data set's name: `the test images of imagenette160`.
 */
export function runHeading(record: RunRecord, images: string = record.data.name): string {
  const { configuration, inputSize, batchNorm, width } = record.model;
  const name = isConfiguration(configuration) ? commonName(configuration) : configuration;
  return [
    batchNorm === true ? `${name} with batch normalization` : name,
    ...(typeof width === "number" && width !== 1 ? [`width ${width}`] : []),
    `${inputSize} px`,
    `on ${images}`,
  ].join(", ");
}
