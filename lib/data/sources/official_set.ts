import type { Dataset, Split, UnusedFiles } from "../dataset.ts";
import { heldOutLine, holdOut, type HoldOutOptions } from "../hold_out.ts";
import { subsetClasses } from "../subset.ts";
import type { LayoutOptions } from "./layout.ts";

/** What an official set has: training images, mostly test images, and no validation images. */
export interface OfficialParts extends Pick<Dataset, "name" | "classes"> {
  readonly imageSize?: number;
  readonly train: Split;
  readonly test?: Split | undefined;
  readonly unused: readonly UnusedFiles[];
  readonly warnings?: readonly string[];
  /** The group of a training sample; groups are held out whole. */
  readonly groupOf?: HoldOutOptions["groupOf"];
  /** What the groups are, for the line that says what is held out. */
  readonly grouped?: string;
  /** The fraction of the training images that validates where the user gives none; 0.1 by default. */
  readonly fraction?: number;
}

/** Makes a data set of an official set's parts: validation images are held out of the training images by seed. */
export function officialSet(
  { train, test, warnings = [], groupOf, grouped, fraction: usual = 0.1, ...rest }: OfficialParts,
  { classes = "all", seed, validationFraction: fraction = usual }: LayoutOptions,
): Dataset {
  const dataset: Dataset = {
    ...rest,
    ...holdOut(train, rest.classes, { fraction, seed, ...(groupOf ? { groupOf } : {}) }),
    ...(test ? { test } : {}),
    warnings: [...warnings, ...(fraction > 0 ? [heldOutLine(fraction, seed, grouped)] : [])],
  };
  return subsetClasses(dataset, classes);
}
