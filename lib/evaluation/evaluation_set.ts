import { plural } from "../display/format.ts";
import { resolve } from "@std/path";
import type { ClassLabel, Dataset, Split } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { leftOutText } from "../data/left_out.ts";
import { datasetNames, openAnyDataset } from "../data/open_dataset.ts";
import { concatenate, relabel } from "../data/subset.ts";
import type { RecordedLoad, RunRecord } from "../runs/run_record.ts";
import type { EvaluatedSplit } from "../runs/schemas.ts";
import { loadOptions, recordedLoad } from "../training/config/from_record.ts";
import { matchClasses, missingClasses, unknownClasses } from "./match_classes.ts";

/** The images of an evaluation, labeled with the net's classes. */
export interface EvaluationSet {
  /** The data set's own name. */
  readonly name: string;
  /** The name or the absolute path of the data set. */
  readonly source: string;
  readonly split: EvaluatedSplit;
  readonly images: Split;
  /** The number of images whose class the net lacks, which are left out. */
  readonly unknown: number;
  /** The run's own data set. Absent for another one. */
  readonly own?: Dataset;
  /** Whether the images are those that the run is evaluated on by default. */
  readonly isDefault: boolean;
  /** What was chosen, left out or matched, one line each. */
  readonly notes: readonly string[];
}

/** Which images are evaluated. */
export interface EvaluationSetOptions {
  /** The part of the data set. Default: see {@linkcode openOwnSet} and {@linkcode openOtherSet}. */
  readonly split?: EvaluatedSplit;
  /** The folder that holds downloaded data sets. */
  readonly root?: string;
  /**
   * Where the classes of another data set are, if not in the names of folders, and how validation images are
   * held out of it, if a part of it is asked for.
   */
  readonly load?: RecordedLoad;
}

/**
 * Opens a run's own data set: its test images if it has any, otherwise its validation images.
 *
 * @throws {DataError} If the data set or the part is missing.
 */
export async function openOwnSet(
  { data }: Pick<RunRecord, "data">,
  { split: asked, root }: EvaluationSetOptions,
): Promise<EvaluationSet> {
  const { source, perClass } = data;
  const own = await openAnyDataset(source, {
    ...recordedLoad(data),
    ...(perClass === undefined ? {} : { perClass }),
    ...(root ? { root } : {}),
  });
  const usual = lengthOf(own.test) > 0 ? "test" : "validation";
  const split = asked ?? usual;
  const { name } = own;
  const chosen = usual === "test"
    ? `measured on the test images of ${name}, which training did not use ` +
      `(--split validation for the others)`
    : `measured on the validation images of ${name}, on which the best epoch was chosen: ` +
      `there are no separate test images`;
  return {
    ...{ name, source, split, own },
    images: imagesOf(own, split, source),
    unknown: 0,
    isDefault: split === usual,
    notes: asked === undefined ? [chosen] : [],
  };
}

/**
 * Opens another data set for a net: its test images if it has any, otherwise its validation images; a
 * folder without splits of its own is taken as a whole. Classes are matched with the net's.
 *
 * @param net The net's classes; by default the data set's.
 * @throws {DataError} If the data set or the part is missing, or no class matches.
 */
export async function openOtherSet(
  data: string,
  net: readonly ClassLabel[] | undefined,
  { split: asked, root, load = {} }: EvaluationSetOptions,
): Promise<EvaluationSet & { readonly classes: readonly ClassLabel[] }> {
  const source = datasetNames.includes(data) ? data : resolve(data);
  // Without a wish, nothing is held out of the training images.
  const given = asked === undefined ? { ...load, validationFraction: 0 } : load;
  const dataset = await openAnyDataset(data, {
    ...{ classes: "all", ...loadOptions(given) },
    ...(root ? { root } : {}),
  });
  const usual = (["test", "validation"] as const).find((name) => lengthOf(dataset[name]) > 0);
  const split = asked ?? usual ?? "all";
  const all = imagesOf(dataset, split, data);
  const classes = net ?? dataset.classes;
  const { labels, note } = matchClasses(dataset.classes, classes, data);
  const images = relabel(all, labels);
  const unknown = all.length - images.length;
  const leftOut = leftOutText(dataset.unused);
  if (images.length === 0) {
    throw new DataError(
      `the ${split} images of ${data} must be of the net's classes. Received: none`,
    );
  }
  return {
    ...{ name: dataset.name, source, split, images, unknown, classes },
    isDefault: false,
    notes: [
      ...dataset.warnings.filter((line) => asked !== undefined || !isAboutHoldingOut.test(line)),
      leftOut === "" ? undefined : `left out: ${leftOut}`,
      asked === undefined ? describeChoice(data, split, all.length) : undefined,
      note,
      missingClasses(classes, images),
      unknown === 0
        ? undefined
        : `left out: ${plural(unknown, "image")} of classes that the net does not ` +
          `have, ${unknownClasses(dataset.classes, classes, labels)}`,
    ].filter((line) => line !== undefined),
  };
}

/** Warnings that nothing is held out are of no interest where nothing is trained. */
const isAboutHoldingOut = /no validation images|validation fraction/i;

function describeChoice(data: string, split: EvaluatedSplit, images: number): string {
  if (split === "all") return `measured on all ${images} images of ${data}, which has no splits`;
  return `measured on the ${split} images of ${data} (--split all for all of its images)`;
}

function lengthOf(split: Split | undefined): number {
  return split?.length ?? 0;
}

/** @throws {DataError} If there are none. */
function imagesOf(dataset: Dataset, split: EvaluatedSplit, source: string): Split {
  const { train, validation, test } = dataset;
  const images = split === "all"
    ? concatenate([train, validation, ...(test ? [test] : [])])
    : dataset[split];
  if (images && images.length > 0) return images;
  throw new DataError(
    `${source} has no ${split} images to evaluate on. It has ${train.length} for training, ` +
      `${validation.length} for validation, ${lengthOf(test)} for the test`,
  );
}
