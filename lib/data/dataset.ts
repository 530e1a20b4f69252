import { oneLine } from "../display/one_line.ts";

/** An RGB image: `data` holds `height × width × 3` bytes, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** One class: `id` is the data set's own key (a wnid, a folder's name), `name` is for people. */
export interface ClassLabel {
  readonly id: string;
  readonly name: string;
}

/**
 * How an image of any shape is brought to a size in pixels:
 * `stretch` to a `size × size` square (the article), `crop` to the centre square of the image
 * rescaled to shortest side `size`, or `shortest-side`: rescaled to that shortest side and left whole
 * (the paper, which crops at random later).
 */
export interface Resize {
  readonly mode: "stretch" | "crop" | "shortest-side";
  readonly size: number;
  /** Of `crop`: the shortest side of the rescaled image that the square is cut out of; `size` by default. */
  readonly shortestSide?: number | undefined;
}

/** One part of a data set. Samples are numbered from 0. */
export interface Split {
  readonly length: number;
  /** The class index of every sample. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** Where a sample comes from: a file's path inside the data set, or `data_batch_1.bin#17`. */
  path(index: number): string;
  /** The sample's image. Throws a {@linkcode BrokenImageError} where it cannot be decoded. */
  image(index: number, fit: Resize): Promise<Image>;
}

/** A labelled set of images: classes in a fixed order, and two splits. */
export interface Dataset {
  readonly name: string;
  readonly classes: readonly ClassLabel[];
  readonly train: Split;
  readonly validation: Split;
  /** The side of its images in pixels, where all are squares of one size. */
  readonly imageSize?: number;
  /** What was odd but not fatal, a line each: a class without validation images, say. */
  readonly warnings: readonly string[];
}

/** A file that should hold an image and does not. */
export class BrokenImageError extends Error {
  override readonly name = "BrokenImageError";

  constructor(readonly path: string, readonly reason: string) {
    super(oneLine(`${path}: ${reason}`));
  }
}
