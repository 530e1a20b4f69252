import type { Dataset } from "../dataset.ts";
import type { ClassSelection } from "../subset.ts";

/** How a {@linkcode Layout} opens a folder. */
export interface LayoutOptions {
  /** The name of the data set. */
  readonly name: string;
  /** The classes to take, in this order; by default all that the layout has. */
  readonly classes?: ClassSelection | undefined;
  /** The seed of the split, where validation images are held out of the training images. */
  readonly seed?: number | undefined;
  /** The fraction of each class's training images that is held out for validation. */
  readonly validationFraction?: number | undefined;
}

/** What of a layout a folder has. The layout fits if nothing is missing. */
export interface Recognition {
  /** The folder to open. It may lie above or below the folder that was looked at. */
  readonly root: string;
  /** The parts that are there, as paths inside `root`. */
  readonly found: readonly string[];
  /** The parts that the layout needs and that are not there. */
  readonly missing: readonly string[];
}

/** A way in which data sets are stored in a folder. */
export interface Layout {
  /** What messages call it. */
  readonly name: string;
  /** The tree that is recognized, in one line. */
  readonly tree: string;
  /** Looks for the layout's parts in a folder; `undefined` if none of them is there. */
  recognize(folder: string): Promise<Recognition | undefined>;
  /**
   * Opens the folder that `recognize` returned as `root`.
   *
   * @throws {DataError} If a file is missing or malformed, or a class has no images or is unknown.
   */
  open(root: string, options: LayoutOptions): Promise<Dataset>;
}
