import { oneLine } from "../display/format.ts";

/** An RGB image: `data` holds `height × width × 3` bytes, row by row. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** One class: `id` is the data set's own key (a wnid or a folder name), `name` is the text to display. */
export interface ClassLabel {
  readonly id: string;
  readonly name: string;
}

/**
 * How an image of any shape is brought to a size in pixels:
 *
 * - `stretch`: to a `size × size` square, without keeping the aspect ratio (the article);
 * - `crop`: the central `size × size` square of the image rescaled to a shortest side;
 * - `shortest-side`: rescaled to shortest side `size`, without a crop (the paper, which crops at
 *   random later).
 */
export interface Resize {
  readonly mode: "stretch" | "crop" | "shortest-side";
  readonly size: number;
  /** Only for `crop`: the shortest side of the image that the square is cut from; `size` by default. */
  readonly shortestSide?: number | undefined;
}

/** One part of a data set. Samples are numbered from 0. */
export interface Split {
  readonly length: number;
  /** The class index of every sample. */
  readonly labels: Uint16Array<ArrayBuffer>;
  /** Where a sample comes from: a file's path inside the data set, or `data_batch_1.bin#17`. */
  path(index: number): string;
  /**
   * Reads the image of a sample.
   *
   * @throws {BrokenImageError} If the image cannot be decoded.
   */
  image(index: number, resize: Resize): Promise<Image>;
}

/** A labeled set of images: classes in a fixed order, and two splits. */
export interface Dataset {
  readonly name: string;
  readonly classes: readonly ClassLabel[];
  readonly train: Split;
  readonly validation: Split;
  /** The side of the images in pixels, if all are squares of one size. */
  readonly imageSize?: number;
  /** What is odd but not fatal, one line each, such as a class without validation images. */
  readonly warnings: readonly string[];
}

/** A file that should hold an image but cannot be decoded. */
export class BrokenImageError extends Error {
  override readonly name = "BrokenImageError";

  constructor(readonly path: string, readonly reason: string) {
    super(oneLine(`${path}: ${reason}`));
  }
}
