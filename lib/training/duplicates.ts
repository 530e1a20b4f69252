import { isDeepStrictEqual } from "node:util";
import { digestImages } from "../data/pipeline/decode_split.ts";
import { commandPrefix } from "../command_line.ts";
import type { PreparedData, TrainingSetup } from "./setup.ts";

/**
 * Says in one line how many validation images have exactly the pixels of a training image; returns
 * nothing if none has, and for a cluster whose splits are resized differently. Of streamed images it says that
 * they were not compared.
 */
export async function duplicateWarning(
  { dataset, fit, engine }: Pick<TrainingSetup, "dataset" | "fit" | "engine">,
  { train, validation }: Pick<PreparedData, "train" | "validation">,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (train.statisticsSample) {
    return "images are decoded as they are used, so that it is not known whether some are both in training " +
      `and in validation: ${commandPrefix} explore finds them`;
  }
  const isComparable = isDeepStrictEqual({ ...fit.train }, { ...fit.validation });
  // The other workers would wait while the chief decodes the images again.
  if (!isComparable && engine.cluster) return undefined;
  const digests = isComparable
    ? validation.imageDigests
    : await digestImages(dataset.validation, fit.train, signal ? { signal } : {});
  const path = isComparable ? validation.path : dataset.validation.path;
  const trained = new Set(train.imageDigests);
  const twice = [...digests.keys()].filter((index) => trained.has(digests[index]!));
  if (twice.length === 0) return undefined;
  return `${twice.length} of ${digests.length} validation images are also among the training images, ` +
    `so the validation accuracy is too high: ${firstPaths(twice.map((index) => path(index)))}`;
}

/** The first three paths of a list. */
export function firstPaths(paths: readonly string[]): string {
  return paths.slice(0, 3).join(", ") + (paths.length > 3 ? ", …" : "");
}
