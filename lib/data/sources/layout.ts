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

/** What decides whether a {@linkcode Layout} fits. */
export interface RecognizeOptions extends Pick<LayoutOptions, "classes"> {
  /** Whether a single class is enough, for evaluations; by default two are needed. */
  readonly oneClass?: boolean | undefined;
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

/** What a layout knows of the files that are no samples, for {@linkcode Dataset.unused}. */
export interface OtherFiles {
  /** Files whose content was read, such as labels and names, as paths inside the root. */
  readonly read?: readonly string[];
  /** Class folders that were not selected, as paths inside the root. They are counted, not listed. */
  readonly notSelected?: readonly string[];
  /**
   * Why pictures are left out, by the path of a file or folder inside the root: `pictures that are not in
   * labels.csv`.
   */
  readonly leftOut?: ReadonlyMap<string, string>;
}

/** A data set as a layout opens it. The paths of its samples are inside the root. */
export interface OpenedDataset extends Dataset {
  /** Without it, each file that is no sample counts as unused. */
  readonly otherFiles?: OtherFiles;
}

/** A way in which data sets are stored in a folder. */
export interface Layout {
  /** What messages call it. */
  readonly name: string;
  /** The tree that is recognized, in one line. */
  readonly tree: string;
  /**
   * Looks for the layout's parts in a folder; `undefined` if none of them is there.
   *
   * @throws {DataError} If the parts are there, but contradict each other.
   */
  recognize(folder: string, options?: RecognizeOptions): Promise<Recognition | undefined>;
  /**
   * Opens the folder that `recognize` returned as `root`.
   *
   * @throws {DataError} If a file is missing or malformed, or a class has no images or is unknown.
   */
  open(root: string, options: LayoutOptions): Promise<OpenedDataset>;
}
