import { join } from "@std/path";
import { DataError } from "../../errors.ts";
import { heldOutLine } from "../../hold_out.ts";
import type { Layout, LayoutOptions, OpenedDataset } from "../layout.ts";
import { findSplits, type SplitFolder } from "./find_splits.ts";
import { defaultFraction, openClassFolders } from "./open_class_folders.ts";
import type { SplitName } from "./split_names.ts";

/** Class folders in the folders of splits, as Imagenette has them. */
export const splitFoldersLayout: Layout = {
  name: "folders of splits",
  tree: "train/<class>/, val/<class>/, test/<class>/",
  recognize: async (folder, { classes } = {}) => {
    const { splits, flat } = await findSplits(folder, classes);
    const found = Object.values(splits).map(({ name }) => name);
    if (splits.train) return { root: folder, found, missing: [] };
    return flat.length === 0 ? undefined : { root: folder, found: [], missing: ["train/<class>/"] };
  },
  open: openSplitFolders,
};

/**
 * Opens class folders in the folders of splits, whose names are known as people write them (`Training`,
 * `val_set`). Without validation images, a part of the training images is held out by seed. Test images
 * are not trained on.
 *
 * @throws {DataError} If two folders are the same split, a class has no training images or is unknown, or
 *   validation images are there without class folders.
 */
async function openSplitFolders(root: string, options: LayoutOptions): Promise<OpenedDataset> {
  const { splits, flat } = await findSplits(root, options.classes);
  const { validationFraction: fraction, seed } = options;
  const unsorted = flat.find(({ split }) => split === "validation");
  if (unsorted && !splits.validation && fraction === undefined) throw notSorted(root, unsorted);
  const dataset = await openClassFolders(
    root,
    {
      train: splits.train?.classes ?? "train",
      validation: splits.validation?.classes,
      test: splits.test?.classes,
    },
    options,
  );
  const { otherFiles } = dataset;
  return {
    ...dataset,
    warnings: [...linesOf(splits, fraction, seed), ...dataset.warnings],
    otherFiles: {
      ...otherFiles,
      leftOut: new Map([
        ...otherFiles?.leftOut ?? [],
        ...flat.map(({ name }) =>
          [name, `pictures of ${name}, which has no class folders`] as const
        ),
      ]),
    },
  };
}

function notSorted(root: string, { name }: SplitFolder): DataError {
  return new DataError(
    `${
      join(root, name)
    } must have class folders, as the training images have. Received: images in ` +
      `no class folder. Sort them into ${name}/<class>/ (for ImageNet valprep.sh does it, or put ` +
      "LOC_val_solution.csv beside the folder), or give --validation-fraction to hold out training " +
      "images instead",
  );
}

type Splits = Partial<Record<SplitName, SplitFolder>>;

const usualNames: Readonly<Record<SplitName, readonly string[]>> = {
  train: ["train"],
  validation: ["val", "valid", "validation"],
  test: ["test"],
};

/** Says which folder is which split, unless the names say it, and where validation images come from. */
function linesOf(splits: Splits, fraction: number | undefined, seed: number | undefined): string[] {
  const found = (["train", "validation", "test"] as const).flatMap((split) => splits[split] ?? []);
  const isKept = splits.test !== undefined && splits.validation === undefined;
  const usual = !isKept &&
    found.every(({ split, name, classes }) =>
      name === classes && usualNames[split].includes(name.toLowerCase())
    );
  const places = found.map(({ split, classes }) =>
    `${split === "train" ? "training" : split} images in ${classes}`
  );
  const validates = splits.validation?.name;
  return [
    ...(usual ? [] : [`Splits: ${places.join(", ")}`]),
    ...(validates === undefined && fraction !== 0
      ? [heldOutLine(fraction ?? defaultFraction, seed)]
      : []),
    ...(validates !== undefined && fraction
      ? [`The validation fraction has no effect: ${validates} holds the validation images`]
      : []),
  ];
}
