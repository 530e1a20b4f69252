import { defined } from "../defined.ts";
import { plural } from "../display/format.ts";
import type { Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { digestImages } from "../data/pipeline/decode_split.ts";
import {
  type PreparedSplit,
  prepareImages,
  type PrepareOptions,
} from "../data/pipeline/prepared_split.ts";
import { concatenate, subset } from "../data/subset.ts";
import { readImageDigests } from "../runs/image_digests.ts";
import type { Run } from "../runs/run.ts";
import type { EvaluationSet } from "./evaluation_set.ts";
import {
  type CheckOptions,
  type DecodedImages,
  findOverlap,
  isRecordedValidation,
} from "./overlap.ts";

/** Images that were compared with those that the runs were trained on. */
export interface CheckedImages extends DecodedImages {
  /** The number of images that a run was trained on; absent where a run does not know its images. */
  readonly overlap?: number;
}

/** Checks the decoded images of an evaluation of weights that do not say what they were trained on. */
export function checkReadable(
  set: EvaluationSet,
  prepared: PreparedSplit,
  { onMessage }: CheckOptions,
): CheckedImages {
  tellFaults(set, prepared, onMessage);
  return { images: set.images, prepared };
}

/** How images are decoded for a check. */
export function hooksOf(
  { signal, onMessage, onPrepare }: CheckOptions,
): Pick<PrepareOptions, "signal" | "onMessage" | "onProgress"> {
  return defined({ signal, onMessage, onProgress: onPrepare });
}

/** Says how many images are broken, and the warnings of a data set that the runs were not trained on. */
function tellFaults(
  { own }: EvaluationSet,
  { broken, warnings }: PreparedSplit,
  onMessage: (line: string) => void = () => {},
): void {
  const [first] = broken;
  if (first) {
    onMessage(
      `left out: ${
        plural(broken.length, "file")
      } that cannot be decoded, the first ${first.path}: ` +
        first.reason,
    );
  }
  if (!own) warnings.forEach(onMessage);
}

/**
 * Recognizes the images of an evaluation that were trained on. Where a run's own data set has changed since
 * the training, its validation images are found again by their digests, and decoded.
 *
 * @param prepared The images, decoded as the first run resizes them.
 * @returns What to measure on. If the images are others, the caller disposes of both.
 * @throws {DataError} If images were trained on that are not part of the evaluated split by the run's own
 *   record, unless `allowOverlap` is set; or if no image is readable or left.
 */
export async function checkImages(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  prepared: PreparedSplit,
  options: CheckOptions,
): Promise<CheckedImages> {
  const found = await findRecorded(runs[0], set, prepared, options);
  if (!found) return await checkDecoded(runs, set, { images: set.images, prepared }, options);
  const others = await prepareImages(found, runs[0].record.data.fit, hooksOf(options));
  try {
    return await checkDecoded(runs, set, { images: found, prepared: others }, options);
  } catch (error) {
    await others.dispose();
    throw error;
  }
}

async function checkDecoded(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  decoded: DecodedImages,
  options: CheckOptions,
): Promise<CheckedImages> {
  tellFaults(set, decoded.prepared, options.onMessage);
  const overlap = await findOverlap(runs, set, decoded, options);
  return { ...decoded, ...(overlap === undefined ? {} : { overlap }) };
}

/**
 * Finds the validation images that a run recorded if its data set has others now: with more files in a
 * folder, the seed chooses others, also among those that were trained on.
 */
async function findRecorded(
  { record, directory }: Run,
  { own, split, source, images }: EvaluationSet,
  prepared: PreparedSplit,
  options: CheckOptions,
): Promise<Split | undefined> {
  const { allowOverlap, onMessage = () => {} } = options;
  if (!own || split !== "validation" || !record.data.digests) return undefined;
  if (await isRecordedValidation(record, { images, prepared })) return undefined;
  const changed = `the images of ${source} have changed since the training of ${directory}`;
  const wanted = await readImageDigests(directory, "validation", record.data.validation);
  if (!wanted) {
    onMessage(`${changed}: some that are measured on may have been trained on`);
    return undefined;
  }
  const { validation, train, test } = own;
  const all = concatenate([validation, train, ...(test ? [test] : [])]);
  const found = new Map<bigint, number[]>();
  const digests = await digestImages(all, record.data.fit, hooksOf(options));
  for (const [index, digest] of digests.entries()) {
    found.set(digest, [...found.get(digest) ?? [], index]);
  }
  const indices = wanted.flatMap((digest) => found.get(digest)?.shift() ?? []);
  if (indices.length > 0) {
    onMessage(
      `${changed}: measured on ${indices.length} of the ${wanted.length} validation images of that time`,
    );
    return subset(all, indices);
  }
  if (allowOverlap) return undefined;
  throw new DataError(
    `${changed}: it has none of the ${wanted.length} validation images of that time. ` +
      `To measure on its present ones: --allow-overlap`,
  );
}
