import { isDeepStrictEqual } from "node:util";
import { resizeFor } from "../data/augment/mod.ts";
import type { Resize, Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import {
  digestImages,
  type PreparedSplit,
  prepareImages,
} from "../data/pipeline/prepared_split.ts";
import { concatenate, subset } from "../data/subset.ts";
import { readImageDigests } from "../runs/image_digests.ts";
import type { Run } from "../runs/run.ts";
import { recordedSettings } from "../training/config/from_record.ts";
import { firstPaths } from "../training/duplicates.ts";
import type { EvaluationSet } from "./evaluation_set.ts";

/** Images that were compared with those that the runs were trained on. */
export interface CheckedImages {
  readonly images: Split;
  /** The images as the first run resizes them. The caller disposes them. */
  readonly prepared: PreparedSplit;
  /** The number of images that a run was trained on; absent where a run does not know its images. */
  readonly overlap?: number;
}

/** Decodes the images of an evaluation of weights that do not say what they were trained on. */
export async function checkReadable(
  { images }: EvaluationSet,
  fit: Resize,
  { signal, onMessage }: CheckOptions,
): Promise<CheckedImages> {
  const prepared = await prepareImages(images, fit, signal ? { signal } : {});
  tellBroken(prepared, onMessage);
  return { images, prepared };
}

function tellBroken({ broken }: PreparedSplit, onMessage: CheckOptions["onMessage"]): void {
  const [first] = broken;
  if (!first) return;
  onMessage?.(
    `left out: ${broken.length} files that cannot be decoded, the first ${first.path}: ${first.reason}`,
  );
}

/** How {@linkcode checkImages} works. */
export interface CheckOptions {
  /** Measures also on images that were trained on. */
  readonly allowOverlap?: boolean;
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
}

/**
 * Decodes the images of an evaluation and recognizes those that were trained on. Where a run's own data
 * set has changed since the training, its validation images are found again by their digests.
 *
 * @throws {DataError} If images were trained on that are not part of the evaluated split by the run's own
 *   record, unless `allowOverlap` is set; or if no image is readable or left.
 */
export async function checkImages(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  options: CheckOptions,
): Promise<CheckedImages> {
  const { fit } = runs[0].record.data;
  const abort = options.signal ? { signal: options.signal } : {};
  let images = set.images;
  let prepared = await prepareImages(images, fit, abort);
  try {
    const recorded = await findRecorded(runs[0], set, prepared, options);
    if (recorded) {
      images = recorded;
      await prepared.dispose();
      prepared = await prepareImages(images, fit, abort);
    }
    tellBroken(prepared, options.onMessage);
    const overlap = await findOverlap(runs, set, { images, prepared }, options);
    return { images, prepared, ...(overlap === undefined ? {} : { overlap }) };
  } catch (error) {
    await prepared.dispose();
    throw error;
  }
}

/**
 * Finds the validation images that a run recorded if its data set has others now: with more files in a
 * folder, the seed chooses others, also among those that were trained on.
 */
async function findRecorded(
  { record, directory }: Run,
  { own, split, source }: EvaluationSet,
  prepared: PreparedSplit,
  { allowOverlap, signal, onMessage = () => {} }: CheckOptions,
): Promise<Split | undefined> {
  const known = record.data.digests?.validation;
  if (!own || split !== "validation" || known === undefined || known === prepared.digest) {
    return undefined;
  }
  const changed = `the images of ${source} have changed since the training of ${directory}`;
  const wanted = await readImageDigests(directory, "validation");
  if (!wanted) {
    onMessage(`${changed}: some that are measured on may have been trained on`);
    return undefined;
  }
  const { validation, train, test } = own;
  const all = concatenate([validation, train, ...(test ? [test] : [])]);
  const found = new Map<bigint, number[]>();
  const digests = await digestImages(all, record.data.fit, signal ? { signal } : {});
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

/** Counts the images that were trained on. */
async function findOverlap(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  { images, prepared }: Omit<CheckedImages, "overlap">,
  { allowOverlap, signal, onMessage = () => {} }: CheckOptions,
): Promise<number | undefined> {
  const trainedOn = new Set<number>();
  for (const run of runs) {
    const { record: { data }, directory } = run;
    const isKnown = set.own !== undefined &&
      (set.split === "test" || run === runs[0] || data.digests?.validation === prepared.digest) &&
      (set.split === "test" || set.split === "validation");
    const fit = trainFit(run);
    const sameFit = isDeepStrictEqual(plain(fit), plain(runs[0].record.data.fit));
    // Training told of these, and decoding the images once more takes long.
    if (isKnown && !sameFit && data.digests?.validation === prepared.digest) return undefined;
    const trained = await readImageDigests(directory, "train");
    if (!trained) {
      if (!isKnown) onMessage(`${directory} does not know its training images: none is recognized`);
      return undefined;
    }
    const known = new Set(trained);
    const digests = sameFit
      ? prepared.imageDigests
      : await digestImages(images, fit, signal ? { signal } : {});
    const found = [...digests.keys()].filter((index) => known.has(digests[index]!))
      .map((index) => sameFit ? prepared.samples[index]! : index);
    if (found.length === 0) continue;
    const paths = firstPaths(found.map((index) => images.path(index)));
    const told = `${found.length} of ${images.length} images of ${set.source} were trained on by ` +
      `${directory}: ${paths}`;
    const isAsked = set.own !== undefined && set.split === "train";
    if (!isKnown && !isAsked && !allowOverlap) throw refusal(told, run, set);
    if (!isAsked) onMessage(told);
    for (const index of found) trainedOn.add(index);
  }
  return trainedOn.size;
}

function refusal(told: string, { record }: Run, { own, source }: EvaluationSet): DataError {
  const isOwn = own !== undefined || source === record.data.source;
  return new DataError(
    `${told}. ` +
      (isOwn ? "Without --data and --split the images are those that were held out. " : "") +
      "To measure on them all the same: --allow-overlap",
  );
}

/** How a run's training images were resized. */
function trainFit({ record }: Run): Resize {
  const { recipe, network } = recordedSettings(record);
  return resizeFor(recipe.augmentation(network.inputSize), record.data.fit);
}

function plain({ mode, size, shortestSide = size }: Resize): Resize {
  return { mode, size, ...(mode === "crop" ? { shortestSide } : {}) };
}
