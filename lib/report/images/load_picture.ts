import { BrokenImageError } from "../../data/dataset.ts";
import { imageFinder, type LoadImage } from "../../data/image_finder.ts";
import { encodeWebp } from "../../data/images/encode_webp.ts";
import { pixelDigest } from "../../data/pipeline/decode_split.ts";
import { OptionError } from "../../errors.ts";
import { readImageDigests } from "../../runs/image_digests.ts";
import type { ReportedRun } from "../read_run.ts";

/** Shortest side of a picture in pixels, and the quality of its WebP. */
const side = 96, quality = 72;

/** A picture, or why there is none. */
export interface LoadedPicture {
  /** A WebP file in base64; absent if it was not wanted or the picture is missing. */
  readonly webp?: string;
  /** The data set has another picture than was evaluated, or none that can be read. */
  readonly state?: "changed" | "missing";
}

/** Loads the pictures of a run's predictions. */
export interface PictureLoader {
  /** Whether each picture is compared with the one that was evaluated. */
  readonly compares: boolean;
  /** Loads the picture of a prediction; without `wanted` it is only compared. */
  load(index: number, wanted: boolean): Promise<LoadedPicture>;
}

/** The digests of pictures that several runs are compared with, by data set, id and size. */
export type KnownDigests = Map<string, Promise<bigint>>;

/** Opens the pictures of a run's data set. Returns `undefined` if that was not found. */
export async function openPictures(
  run: ReportedRun,
  known: KnownDigests,
): Promise<PictureLoader | undefined> {
  const { dataset, predictions } = run.evaluated!;
  if (!dataset) return undefined;
  const find = imageFinder(dataset);
  const compare = await comparison(run, known);
  // Images that are drawn change only with the program that draws them, all at once.
  const isDrawn = dataset.validation.drawnAs !== undefined;
  let first: Promise<boolean> | undefined;
  const changed = async (load: LoadImage, index: number): Promise<boolean> => {
    if (!compare) return false;
    return await (isDrawn ? first ??= compare(load, index) : compare(load, index));
  };
  return {
    compares: compare !== undefined,
    load: async (index, wanted) => {
      try {
        const load = find(predictions[index]!.id);
        const state = await changed(load, index) ? { state: "changed" } as const : {};
        if (!wanted) return state;
        const image = await load({ mode: "shortest-side", size: side });
        return { ...state, webp: await encodeWebp(image, quality) };
      } catch (error) {
        if (error instanceof OptionError || error instanceof BrokenImageError) {
          return { state: "missing" };
        }
        throw error;
      }
    },
  };
}

/**
 * Returns what tells whether an image has changed since the evaluation: its pixels have another digest than
 * the run recorded. Only validation images have digests of their own.
 */
async function comparison(
  { directory, training, evaluated }: ReportedRun,
  known: KnownDigests,
): Promise<((load: LoadImage, index: number) => Promise<boolean>) | undefined> {
  const { evaluation: { split, data }, predictions } = evaluated!;
  const recorded = training?.record.data;
  const digest = recorded?.digests?.validation;
  if (!recorded || split !== "validation" || digest === undefined || data?.digest !== digest) {
    return undefined;
  }
  const digests = await readImageDigests(directory, "validation");
  if (digests?.length !== predictions.length) return undefined;
  return async (load, index) => {
    const key = JSON.stringify([data.source, predictions[index]!.id, recorded.fit]);
    const found = known.get(key) ?? load(recorded.fit).then(pixelDigest);
    known.set(key, found);
    return await found !== digests[index];
  };
}
