import { oneLine } from "../display/format.ts";

/** An RGB image, row by row. */
export interface Image {
  /** In pixels. */
  readonly width: number;
  /** In pixels. */
  readonly height: number;
  /** RGB bytes, row by row. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** How the file stores a value, where it is not in 8 bits. */
  readonly depth?: "16-bit" | "float";
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
  /** How the aspect ratio is treated. */
  readonly mode: "stretch" | "crop" | "shortest-side";
  /** The side of the result in pixels; with `shortest-side` its shortest side. */
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
  /**
   * Names the images of a split that is drawn instead of read. Splits with equal names have equal images.
   * The prepared images are kept in a file of this name, because drawing takes longer than reading.
   */
  readonly drawnAs?: string | undefined;
  /** Where a sample comes from: a file's path inside the data set, or `data_batch_1.bin#17`. */
  path(index: number): string;
  /** The path of the file that holds nothing but this sample; absent for records, and for what is drawn. */
  file?(index: number): string | undefined;
  /**
   * Reads the image of a sample.
   *
   * @throws {BrokenImageError} If the image cannot be decoded.
   */
  image(index: number, resize: Resize): Promise<Image>;
}

/** Files of a data set that are not used, by reason. Each file of the folder is used or counted here. */
export interface UnusedFiles {
  /** What they are, in words that follow the count: `.heic (a kind that is not read)`. */
  readonly reason: string;
  /** The number of files, or of folders. */
  readonly count: number;
  /** Set if folders are counted, which were not looked into. */
  readonly folders?: true | undefined;
  /** The first of them, as paths inside the data set. */
  readonly examples: readonly string[];
}

/** A labeled set of images: classes in a fixed order, and two or three splits. */
export interface Dataset {
  /** The name of the data set. */
  readonly name: string;
  /** The classes, in the order of the labels. */
  readonly classes: readonly ClassLabel[];
  /** The samples for training. */
  readonly train: Split;
  /** The samples for validation, on which the best epoch is chosen. */
  readonly validation: Split;
  /** The samples for the final test, if the data set has any. Nothing is trained or chosen on them. */
  readonly test?: Split;
  /** The side of the images in pixels, if all are squares of one size. */
  readonly imageSize?: number;
  /** What is odd but not fatal, one line each, such as a class without validation images. */
  readonly warnings: readonly string[];
  /** The files in the data set's folder that are not used; absent for data without files. */
  readonly unused?: readonly UnusedFiles[];
}

/** A file that should hold an image but cannot be decoded. */
export class BrokenImageError extends Error {
  /** The name of the class. */
  override readonly name = "BrokenImageError";

  /**
   * Makes the error of a file.
   *
   * @param path The file.
   * @param reason Why the file cannot be decoded.
   */
  constructor(readonly path: string, readonly reason: string) {
    super(oneLine(`${path}: ${reason}`));
  }
}
