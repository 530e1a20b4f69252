import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { heldOutLine } from "../../hold_out.ts";
import { selectClasses } from "../../subset.ts";
import { defaultFraction, withHeldOut } from "../class_folders/open_class_folders.ts";
import { firstFive } from "../class_folders/class_folders.ts";
import { noImagesOf } from "../class_folders/split_classes.ts";
import type { SplitName } from "../class_folders/split_names.ts";
import { className } from "../class_names.ts";
import type { LabeledFile } from "../file_list.ts";
import { fileSplit } from "../file_split.ts";
import type { LayoutOptions, OpenedDataset } from "../layout.ts";
import type { Labeling } from "./labeling.ts";
import type { PictureIndex } from "./picture_index.ts";

/**
 * Makes a data set of pictures with classes. The splits are those that a table or the folders' names say,
 * and all others are training images. Without validation images, a part of them is held out by seed.
 *
 * @param root The folder of the pictures' paths.
 * @throws {DataError} If no picture has a class, or a class is unknown.
 */
export function labeledPictures(
  root: string,
  pictures: PictureIndex,
  labeling: Labeling,
  options: LayoutOptions,
): OpenedDataset {
  const { paths } = pictures;
  const { labels, withoutLabel } = labeling;
  const splits = paths.map((_, index): SplitName =>
    labeling.splits[index] ?? pictures.splits[index] ?? "train"
  );
  const labeled = [...labels.keys()].filter((index) => labels[index] !== undefined);
  if (labeled.length === 0) {
    throw new DataError(
      `${root} must have pictures with a class. Received: ${paths.length} ${withoutLabel}`,
    );
  }
  const trained = labeled.filter((index) => splits[index] === "train");
  // A set without training images is one for evaluations.
  const available = toClasses((trained.length > 0 ? trained : labeled).map((at) => labels[at]!));
  const known = new Set(available.map(({ id }) => id));
  const classes = selectClasses(available, options.classes);
  const indices = new Map(classes.map(({ id }, label) => [id, label]));
  const leftOut = new Map<string, string>();
  const files: Record<SplitName, LabeledFile[]> = { train: [], validation: [], test: [] };
  for (const [index, path] of paths.entries()) {
    const id = labels[index];
    const label = indices.get(id ?? "");
    if (label !== undefined) files[splits[index]!].push({ path, label });
    else leftOut.set(path, reasonFor(id, known, withoutLabel));
  }
  return {
    name: options.name,
    classes,
    ...divide(root, files, classes, options, [
      ...labeling.warnings,
      ...unknownClasses(labels, known),
    ]),
    otherFiles: { leftOut },
  };
}

/** Classes in the order of their numbers, if all are numbers, else of their names. */
function toClasses(labels: readonly string[]): ClassLabel[] {
  const ids = [...new Set(labels)].sort();
  if (ids.every((id) => /^\d+$/.test(id))) ids.sort((one, other) => Number(one) - Number(other));
  return ids.map((id) => ({ id, name: className(id) }));
}

function reasonFor(
  id: string | undefined,
  known: ReadonlySet<string>,
  withoutLabel: string,
): string {
  if (id === undefined) return withoutLabel;
  return known.has(id)
    ? "pictures of classes that were not selected"
    : "pictures of classes without training images";
}

function unknownClasses(
  labels: readonly (string | undefined)[],
  known: ReadonlySet<string>,
): string[] {
  const others = new Set(labels.filter((label) => label !== undefined && !known.has(label)));
  return others.size === 0
    ? []
    : [`Classes without training images are left out: ${firstFive([...others].map(String))}`];
}

type Parts = Pick<OpenedDataset, "train" | "validation" | "test" | "warnings">;

function divide(
  root: string,
  files: Readonly<Record<SplitName, LabeledFile[]>>,
  classes: readonly ClassLabel[],
  { seed, validationFraction }: LayoutOptions,
  warnings: readonly string[],
): Parts {
  const split = (name: SplitName): ReturnType<typeof fileSplit> =>
    fileSplit(root, files[name].toSorted((one, other) => one.label - other.label));
  const missing = (name: SplitName): string[] => {
    const there = new Set(files[name].map(({ label }) => label));
    return noImagesOf(classes.filter((_, label) => !there.has(label)).map(({ id }) => id), name);
  };
  const test = files.test.length > 0 ? { test: split("test") } : {};
  const testWarnings = files.test.length > 0 ? missing("test") : [];
  if (files.validation.length > 0) {
    return {
      ...{ train: split("train"), validation: split("validation"), ...test },
      warnings: [...warnings, ...missing("validation"), ...testWarnings],
    };
  }
  const held = withHeldOut(split("train"), classes, { seed, validationFraction });
  const line = test.test && validationFraction !== 0
    ? [heldOutLine(validationFraction ?? defaultFraction, seed)]
    : [];
  return {
    ...held,
    ...test,
    warnings: [...warnings, ...line, ...held.warnings, ...testWarnings],
  };
}
