import { oneLine } from "../display/one_line.ts";

/** An RGB image, row by row. */
export interface Image {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** RGB bytes, `[height, width, 3]`. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** One class of a data set. */
export interface ClassLabel {
  /** The data set's own key: a wnid or a folder name. */
  readonly id: string;
  /** The text to display. */
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
  /** The rule; see above. */
  readonly mode: "stretch" | "crop" | "shortest-side";
  /** The side of the square, or the shortest side, in pixels. */
  readonly size: number;
  /** Only for `crop`: the shortest side of the image that the square is cut from; `size` by default. */
  readonly shortestSide?: number | undefined;
}

/** One part of a data set. Samples are numbered from 0. */
export interface Split {
  /** The number of samples. */
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
  /** The data set's own name, or that of its folder. */
  readonly name: string;
  /** The classes in the order of their labels. */
  readonly classes: readonly ClassLabel[];
  /** The images to train on. */
  readonly train: Split;
  /** The images to validate on. */
  readonly validation: Split;
  /** The side of the images in pixels, if all are squares of one size. */
  readonly imageSize?: number;
  /** What is odd but not fatal, one line each, such as a class without validation images. */
  readonly warnings: readonly string[];
}

/** A file that should hold an image but cannot be decoded. */
export class BrokenImageError extends Error {
  /** `BrokenImageError`. */
  override readonly name = "BrokenImageError";

  /** Takes the path of the file and the reason why it cannot be decoded. */
  constructor(readonly path: string, readonly reason: string) {
    super(oneLine(`${path}: ${reason}`));
  }
}
