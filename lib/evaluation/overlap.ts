import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { type Augmentation, resizeFor } from "../data/augment/mod.ts";
import type { Resize, Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { digestImages } from "../data/pipeline/decode_split.ts";
import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import { streamImages } from "../data/pipeline/streamed_split.ts";
import { defined } from "../defined.ts";
import type { OnActivity } from "../display/activity.ts";
import { readImageDigests } from "../runs/image_digests.ts";
import type { Run } from "../runs/run.ts";
import { firstPaths } from "../training/duplicates.ts";
import type { EvaluationSet } from "./evaluation_set.ts";

/** Images of an evaluation, decoded. */
export interface DecodedImages {
  readonly images: Split;
  /** The images as the first run resizes them. The caller disposes them. */
  readonly prepared: PreparedSplit;
}

/** How images are compared with those that were trained on. */
export interface CheckOptions {
  /** Measures also on images that were trained on. */
  readonly allowOverlap?: boolean;
  readonly signal?: AbortSignal;
  readonly onMessage?: (line: string) => void;
  readonly onPrepare?: OnActivity;
}

/**
 * Counts the images that were trained on; returns nothing where a run does not know its images.
 *
 * @throws {DataError} If images were trained on that must not be, unless `allowOverlap` is set.
 */
export async function findOverlap(
  runs: readonly [Run, ...Run[]],
  set: EvaluationSet,
  checked: DecodedImages,
  options: CheckOptions,
): Promise<number | undefined> {
  const overlap = new Set<number>();
  for (const run of runs) {
    const isHeldOut = set.own !== undefined &&
      (set.split === "test" || set.split === "validation" &&
          (run === runs[0] || await isRecordedValidation(run.record, checked)));
    const samples = await trainedSamples(run, runs[0], checked, isHeldOut, options);
    if (!samples) return undefined;
    const isAsked = set.own !== undefined && set.split === "train";
    if (samples.length > 0 && !isAsked) tellOverlap(run, samples, set, checked, isHeldOut, options);
    for (const sample of samples) overlap.add(sample);
  }
  return overlap.size;
}

/** Whether images are those of validation that a run recorded; of streamed ones, as far as its digest knows. */
export async function isRecordedValidation(
  { data: { digests, streamed, fit } }: Run["record"],
  { images, prepared }: DecodedImages,
): Promise<boolean> {
  if (!streamed) return digests?.validation === prepared.digest;
  await using sampled = await streamImages(images, fit, streamed);
  return digests?.validation === sampled.digest;
}

/** Returns the samples that a run was trained on; nothing if that cannot or need not be found out. */
async function trainedSamples(
  run: Run,
  { record: { data: { fit } } }: Run,
  { images, prepared }: DecodedImages,
  isHeldOut: boolean,
  { signal, onMessage, onPrepare }: CheckOptions,
): Promise<number[] | undefined> {
  if (run.record.data.streamed) {
    onMessage?.(
      `${run.directory} was trained on images that were decoded as they were used: none is recognized`,
    );
    return undefined;
  }
  const resize = trainFit(run);
  const isPrepared = isDeepStrictEqual(plain(resize), plain(fit));
  const isAsRecorded = run.record.data.digests?.validation === prepared.digest;
  // Training has told of these, and decoding the images once more takes long.
  if (isHeldOut && isAsRecorded && !isPrepared) return undefined;
  const trained = await readImageDigests(run.directory, "train", run.record.data.train);
  if (!trained) {
    if (!isHeldOut) {
      onMessage?.(`${run.directory} does not know its training images: none is recognized`);
    }
    return undefined;
  }
  const known = new Set(trained);
  const digests = isPrepared ? prepared.imageDigests : await digestImages(images, resize, {
    ...defined({ signal, onProgress: onPrepare }),
  });
  return [...digests.keys()].filter((index) => known.has(digests[index]!))
    .map((index) => isPrepared ? prepared.samples[index]! : index);
}

/** @throws {DataError} If the images must not have been trained on. */
function tellOverlap(
  { directory, record }: Run,
  samples: readonly number[],
  { source }: EvaluationSet,
  { images }: DecodedImages,
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
