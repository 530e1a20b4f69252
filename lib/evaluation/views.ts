import type { Image } from "../data/dataset.ts";
import type { PreparedSplit } from "../data/pipeline/prepared_split.ts";
import type { CropMode } from "./test_time.ts";

/** A rectangle of a prepared image that a network predicts. */
export interface View {
  /** The image's index in its split. */
  readonly image: number;
  /** The position in the image, in pixels. */
  readonly left: number;
  readonly top: number;
  /** Its weight in the image's average; the shares of an image's views add up to 1. */
  readonly share: number;
}

/** Views of one size in pixels, which fit into one batch. */
export interface ViewGroup {
  readonly height: number;
  readonly width: number;
  readonly views: readonly View[];
}

/** Crops along each side of the grid: 5×5, as in section 3.2 of the paper. */
const gridSide = 5;

/**
 * Lists the views of every image of a split, grouped by size and ordered by image within a group.
 *
 * @param size The side of the network's input, which is the size of `center` and of each crop of
 *   `multi`. `dense` views are whole images.
 */
export async function groupViews(
  split: PreparedSplit,
  crops: CropMode,
  size: number,
): Promise<ViewGroup[]> {
  const groups = new Map<string, { height: number; width: number; views: View[] }>();
  for (let image = 0; image < split.length; image++) {
    const { width, height } = await split.image(image);
    const viewSize = crops === "dense" ? { width, height } : { width: size, height: size };
    const key = `${viewSize.height}×${viewSize.width}`;
    const group = groups.get(key) ?? { ...viewSize, views: [] };
    groups.set(key, group);
    for (const position of positionsIn({ width, height }, viewSize, crops)) {
      group.views.push({ image, ...position });
    }
  }
  return [...groups.values()];
}

type Size = Pick<Image, "width" | "height">;

function positionsIn(image: Size, view: Size, crops: CropMode): Omit<View, "image">[] {
  const [maxLeft, maxTop] = [image.width - view.width, image.height - view.height];
  if (crops !== "multi") {
    return [{ left: Math.floor(maxLeft / 2), top: Math.floor(maxTop / 2), share: 1 }];
  }
  const columns = [...gridAlong(maxLeft)];
  return [...gridAlong(maxTop)].flatMap(([top, rowShare]) =>
    columns.map(([left, share]) => ({ left, top, share: share * rowShare }))
  );
}

/**
 * Evenly spaced positions from 0 to `last`, each with its share. Equal positions are merged: an image
 * no larger than the crop is predicted once, not 25 times.
 */
function gridAlong(last: number): Map<number, number> {
  const shares = new Map<number, number>();
  for (let step = 0; step < gridSide; step++) {
    const position = Math.round(last * step / (gridSide - 1));
    shares.set(position, (shares.get(position) ?? 0) + 1 / gridSide);
  }
  return shares;
}

/** A batch of views of one size. */
export interface ViewBatch {
  readonly views: readonly View[];
  /** RGB bytes, `[views, height, width, 3]`. */
  readonly pixels: Uint8Array<ArrayBuffer>;
}

/**
 * Cuts a group's views out of their images in batches of `count`, preparing the next batch while one
 * is in use. The last batch is padded with views of share 0: batches of one length need one shape
 * only, which an engine compiles once.
 */
export async function* viewBatches(
  split: PreparedSplit,
  { height, width, views }: ViewGroup,
  count: number,
): AsyncGenerator<ViewBatch, void, void> {
  const prepare = (start: number): Promise<ViewBatch> | undefined => {
    if (start >= views.length) return undefined;
    const padded = views.slice(start, start + count);
    while (padded.length < count) padded.push({ ...views[0]!, share: 0 });
    const batch = cutOut(split, padded, { height, width });
    // A caller that stops early never awaits this batch, so its failure must not be unhandled.
    batch.catch(() => {});
    return batch;
  };
  let ahead = prepare(0);
  for (let start = count; ahead; start += count) {
    const batch = await ahead;
    ahead = prepare(start);
    yield batch;
  }
}

async function cutOut(
  split: PreparedSplit,
  views: readonly View[],
  { height, width }: Size,
): Promise<ViewBatch> {
  const rowBytes = width * 3;
  const pixels = new Uint8Array(views.length * height * rowBytes);
  let index = views[0]!.image;
  let source = await split.image(index);
  for (const [position, view] of views.entries()) {
    const { image } = view;
    // Reads each image once: it may come from disk, and the views of an image are adjacent.
    if (image !== index) [source, index] = [await split.image(image), image];
    copyView(source, view, { height, width }, pixels.subarray(position * height * rowBytes));
  }
  return { views, pixels };
}

function copyView(
  source: Image,
  { left, top }: Pick<View, "left" | "top">,
  { height, width }: Size,
  into: Uint8Array,
): void {
  const rowBytes = width * 3;
  for (let row = 0; row < height; row++) {
    const start = ((top + row) * source.width + left) * 3;
    into.set(source.data.subarray(start, start + rowBytes), row * rowBytes);
  }
}

/**
 * Cuts the center out of images as they come, in batches of `count`. A view's `image` is the number that came
 * with the image. As in {@linkcode viewBatches}, the last batch is padded with views of share 0.
 *
 * @param size The side of the views, and of the network's input.
 */
export async function* centerBatches(
  images: AsyncIterable<readonly [number, Image]>,
  size: number,
  count: number,
): AsyncGenerator<ViewBatch, void, void> {
  const bytes = size * size * 3;
  const view = { width: size, height: size };
  let views: View[] = [];
  let pixels = new Uint8Array(count * bytes);
  for await (const [index, image] of images) {
    const [position] = positionsIn(image, view, "center");
    copyView(image, position!, view, pixels.subarray(views.length * bytes));
    views.push({ image: index, ...position! });
    if (views.length < count) continue;
    yield { views, pixels };
    [views, pixels] = [[], new Uint8Array(count * bytes)];
  }
  if (views.length === 0) return;
  while (views.length < count) {
    pixels.copyWithin(views.length * bytes, 0, bytes);
    views.push({ ...views[0]!, share: 0 });
  }
  yield { views, pixels };
}
