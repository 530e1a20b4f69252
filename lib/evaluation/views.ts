import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import type { Image } from "../data/dataset.ts";
import type { CropMode } from "./test_time.ts";

/** A part of a prepared image that a net is shown. */
export interface View {
  /** The image's number in its split. */
  readonly image: number;
  /** Its place in the image. */
  readonly left: number;
  readonly top: number;
  /** What it counts of all that is seen of the image in a pass. */
  readonly share: number;
}

/** Views of one size in pixels, which a net can see at once. */
export interface ViewGroup {
  readonly height: number;
  readonly width: number;
  readonly views: readonly View[];
}

/** Places along each side of the grid of crops: 5×5, as in section 3.2 of the paper. */
const gridSide = 5;

/**
 * Lists what a pass shows of every image of a split, sorted by the views' sizes, and within a size
 * by image.
 *
 * @param size The side of the net's input: of `center` and of each crop of `multi`. `dense` shows
 *   images whole.
 */
export async function groupViews(
  split: PreparedSplit,
  glance: CropMode,
  size: number,
): Promise<ViewGroup[]> {
  const groups = new Map<string, { height: number; width: number; views: View[] }>();
  for (let image = 0; image < split.length; image++) {
    const { width, height } = await split.image(image);
    const seen = glance === "dense" ? { width, height } : { width: size, height: size };
    const key = `${seen.height}×${seen.width}`;
    const group = groups.get(key) ?? { ...seen, views: [] };
    groups.set(key, group);
    for (const place of placesOf({ width, height }, seen, glance)) {
      group.views.push({ image, ...place });
    }
  }
  return [...groups.values()];
}

type Size = Pick<Image, "width" | "height">;

/** The places in an image from which a net sees so much of it. */
function placesOf(image: Size, seen: Size, glance: CropMode): Omit<View, "image">[] {
  const [right, below] = [image.width - seen.width, image.height - seen.height];
  if (glance !== "multi") {
    return [{ left: Math.floor(right / 2), top: Math.floor(below / 2), share: 1 }];
  }
  const columns = [...gridAlong(right)];
  return [...gridAlong(below)].flatMap(([top, rows]) =>
    columns.map(([left, share]) => ({ left, top, share: share * rows }))
  );
}

/**
 * Evenly spaced places from 0 to `last`, each with its share. Places that fall on one pixel become
 * one: an image no larger than the crop is seen once, not 25 times.
 */
function gridAlong(last: number): Map<number, number> {
  const places = new Map<number, number>();
  for (let step = 0; step < gridSide; step++) {
    const place = Math.round(last * step / (gridSide - 1));
    places.set(place, (places.get(place) ?? 0) + 1 / gridSide);
  }
  return places;
}

/** Some views of one size, ready for the engine. */
export interface ViewBatch {
  readonly views: readonly View[];
  /** RGB bytes, `[views, height, width, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/**
 * Cuts a group's views out of their images, `count` at a time; while one batch is being used, the
 * next is made. All batches are of one length, so that none asks an engine for a shape of its own:
 * the last is filled up with views that have no share.
 */
export async function* viewBatches(
  split: PreparedSplit,
  { height, width, views }: ViewGroup,
  count: number,
): AsyncGenerator<ViewBatch, void, void> {
  const make = (start: number): Promise<ViewBatch> | undefined => {
    if (start >= views.length) return undefined;
    const own = views.slice(start, start + count);
    while (own.length < count) own.push({ ...views[0]!, share: 0 });
    const batch = cutOut(split, own, { height, width });
    // Whoever stops early never waits for the batch ahead; its failure then concerns nobody.
    batch.catch(() => {});
    return batch;
  };
  let ahead = make(0);
  for (let start = count; ahead; start += count) {
    const batch = await ahead;
    ahead = make(start);
    yield batch;
  }
}

async function cutOut(
  split: PreparedSplit,
  views: readonly View[],
  { height, width }: Size,
): Promise<ViewBatch> {
  const row = width * 3;
  const pixels = new Uint8Array(views.length * height * row);
  let [known, at] = [await split.image(views[0]!.image), views[0]!.image];
  for (const [position, { image, left, top }] of views.entries()) {
    // Images may come from disk, and the views of one follow each other.
    if (image !== at) [known, at] = [await split.image(image), image];
    for (let line = 0; line < height; line++) {
      const start = ((top + line) * known.width + left) * 3;
      pixels.set(known.data.subarray(start, start + row), (position * height + line) * row);
    }
  }
  return { views, pixels };
}
