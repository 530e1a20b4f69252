import { join } from "@std/path";
import { folderName } from "../../../files/folder_name.ts";
import type { ClassLabel, Dataset } from "../../dataset.ts";
import { holdOut } from "../../hold_out.ts";
import { selectClasses } from "../../subset.ts";
import { className } from "../class_names.ts";
import { fileSplit } from "../file_split.ts";
import { listClassImages, listFolders } from "../folders.ts";
import type { LayoutOptions, OpenedDataset } from "../layout.ts";
import { inside } from "../listing/walk.ts";
import { classNames } from "./class_folders.ts";
import { listSplitClasses, noImagesOf } from "./split_classes.ts";

/** The folders of class folders, as paths inside a data set; `""` is the data set's own. */
export interface SplitFolders {
  readonly train: string;
  readonly validation?: string | undefined;
  readonly test?: string | undefined;
}

/** The fraction of the training images that is held out for validation by default. */
export const defaultFraction = 0.2;

/**
 * Opens class folders: those of the training images, and those of validation and test images if there are
 * any. Without validation images, a part of each class's training images is held out by seed. The classes
 * are the folders of the training images, sorted.
 *
 * @throws {DataError} If a folder is missing, a class has no training images or is unknown, or the
 *   fraction is out of range.
 */
export async function openClassFolders(
  root: string,
  folders: SplitFolders,
  options: Partial<LayoutOptions> = {},
): Promise<OpenedDataset> {
  const { train, validation, test } = folders;
  const place = train === "" ? "alone" : "in a split";
  const names = classNames(await listFolders(join(root, train)), options.classes, place);
  const available = names.map((id) => ({ id, name: className(id) }));
  const classes = selectClasses(available, options.classes);
  const files = await listClassImages(root, train, classes.map(({ id }) => id));
  const list = async (split: "validation" | "test"): ReturnType<typeof listSplitClasses> =>
    await listSplitClasses(root, folders[split] ?? "", classes, { split, available });
  const tested = test === undefined ? undefined : await list("test");
  const validated = validation === undefined ? undefined : await list("validation");
  const trainSplit = fileSplit(root, files);
  const splits = validated
    ? { train: trainSplit, validation: fileSplit(root, validated.files), warnings: [] }
    : withHeldOut(trainSplit, classes, options);
  return {
    name: options.name ?? folderName(root),
    classes,
    ...splits,
    ...(tested ? { test: fileSplit(root, tested.files) } : {}),
    warnings: [...splits.warnings, ...validated?.warnings ?? [], ...tested?.warnings ?? []],
    otherFiles: {
      notSelected: notSelected(folders, available, classes),
      leftOut: new Map(
        [...validated?.unknown ?? [], ...tested?.unknown ?? []].map((
          path,
        ) => [path, "pictures in folders of no training class"]),
      ),
    },
  };
}

/**
 * Holds validation images out of the training images; none if the fraction is 0.
 *
 * @throws {DataError} If the fraction is out of range.
 */
export function withHeldOut(
  all: Dataset["train"],
  classes: readonly ClassLabel[],
  { seed, validationFraction: fraction = defaultFraction }: Partial<LayoutOptions>,
): Pick<Dataset, "train" | "validation" | "warnings"> {
  const { train, validation } = holdOut(all, classes, { fraction, seed });
  const validated = new Set(validation.labels);
  const missing = classes.filter((_, label) => !validated.has(label)).map(({ id }) => id);
  return { train, validation, warnings: fraction > 0 ? noImagesOf(missing, "validation") : [] };
}

/** The folders of classes that were not selected, in all splits. */
function notSelected(
  { train, validation, test }: SplitFolders,
  available: readonly ClassLabel[],
  classes: readonly ClassLabel[],
): string[] {
  const selected = new Set(classes.map(({ id }) => id));
  const others = available.filter(({ id }) => !selected.has(id));
  return [train, validation, test].flatMap((parent) =>
    parent === undefined ? [] : others.map(({ id }) => inside(parent, id))
  );
}
