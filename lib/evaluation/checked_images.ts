import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Augmentation, resizeFor } from "../data/augment/mod.ts";
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

/** Counts the images that were trained on; nothing where a run does not know its images. */
async function findOverlap(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  checked: Omit<CheckedImages, "overlap">,
  options: CheckOptions,
): Promise<number | undefined> {
  const overlap = new Set<number>();
  for (const run of runs) {
    const { digests } = run.record.data;
    const isHeldOut = set.own !== undefined &&
      (set.split === "test" || set.split === "validation" &&
          (run === runs[0] || digests?.validation === checked.prepared.digest));
    const samples = await trainedSamples(run, runs[0], checked, isHeldOut, options);
    if (!samples) return undefined;
    const isAsked = set.own !== undefined && set.split === "train";
    if (samples.length > 0 && !isAsked) tellOverlap(run, samples, set, checked, isHeldOut, options);
    for (const sample of samples) overlap.add(sample);
  }
  return overlap.size;
}

/** Returns the samples that a run was trained on; nothing if that cannot or need not be found out. */
async function trainedSamples(
  run: Run,
  { record: { data: { fit } } }: Run,
  { images, prepared }: Omit<CheckedImages, "overlap">,
  isHeldOut: boolean,
  { signal, onMessage }: CheckOptions,
): Promise<number[] | undefined> {
  const resize = trainFit(run);
  const isPrepared = isDeepStrictEqual(plain(resize), plain(fit));
  const isAsRecorded = run.record.data.digests?.validation === prepared.digest;
  // Training has told of these, and decoding the images once more takes long.
  if (isHeldOut && isAsRecorded && !isPrepared) return undefined;
  const trained = await readImageDigests(run.directory, "train");
  if (!trained) {
    if (!isHeldOut) {
      onMessage?.(`${run.directory} does not know its training images: none is recognized`);
    }
    return undefined;
  }
  const known = new Set(trained);
  const digests = isPrepared
    ? prepared.imageDigests
    : await digestImages(images, resize, signal ? { signal } : {});
  return [...digests.keys()].filter((index) => known.has(digests[index]!))
    .map((index) => isPrepared ? prepared.samples[index]! : index);
}

/** @throws {DataError} If the images must not have been trained on. */
function tellOverlap(
  { directory, record }: Run,
  samples: readonly number[],
  { source }: EvaluationSet,
  { images }: Omit<CheckedImages, "overlap">,
  isHeldOut: boolean,
  { allowOverlap, onMessage }: CheckOptions,
): void {
  const told = `${samples.length} of ${images.length} images of ${source} were trained on by ` +
    `${directory}: ${firstPaths(samples.map((sample) => images.path(sample)))}`;
  if (isHeldOut || allowOverlap) return onMessage?.(told);
  throw new DataError(
    `${told}. ` +
      (samples.length >= record.data.train
        ? "These are all its training images: --split validation measures on those held out. "
        : "") +
      "To measure on them all the same: --allow-overlap",
  );
}

/** The only augmentation for which training images are resized otherwise than validation images. */
const paperSchema = z.looseObject({
  kind: z.literal("paper"),
  shortestSide: z.tuple([z.number(), z.number()]),
});

/** How a run's training images were resized. */
function trainFit({ record: { recipe, data } }: Run): Resize {
  const paper = paperSchema.safeParse(recipe["augmentation"]);
  // The boundary to a file that this library wrote: the other fields do not matter here.
  return paper.success ? resizeFor(paper.data as unknown as Augmentation, data.fit) : data.fit;
}

function plain({ mode, size, shortestSide = size }: Resize): Resize {
  return { mode, size, ...(mode === "crop" ? { shortestSide } : {}) };
}
