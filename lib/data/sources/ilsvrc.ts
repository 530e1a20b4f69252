import { basename, dirname, join, resolve } from "@std/path";
import { folderName } from "../../files/folder_name.ts";
import type { ClassLabel, Dataset } from "../dataset.ts";
import { fractionUnused, heldOutLine, holdOut } from "../hold_out.ts";
import { type ClassSelection, selectClasses } from "../subset.ts";
import { articleClasses } from "./class_names.ts";
import { chain } from "./file_list.ts";
import { fileSplit } from "./file_split.ts";
import { isFolder, listClassImages } from "./folders.ts";
import { readSynsetNames, synsetClasses } from "./imagenet/synset_names.ts";
import { findValidation, listWnids } from "./imagenet/validation.ts";
import type { Layout, LayoutOptions } from "./layout.ts";
import { unusedFiles } from "./unused_files.ts";

const images = "ILSVRC/Data/CLS-LOC";
const valFolder = `${images}/val`;

/** ImageNet as Kaggle's archive holds it. */
export const ilsvrcLayout: Layout = {
  name: "ImageNet, Kaggle's ILSVRC",
  tree: "ILSVRC/Data/CLS-LOC/train/<wnid>/, ILSVRC/Data/CLS-LOC/val/, LOC_val_solution.csv, " +
    "LOC_synset_mapping.txt",
  recognize: async (folder) => {
    const root = await findIlsvrcRoot(folder);
    return root === undefined ? undefined : { root, found: [`${images}/train`], missing: [] };
  },
  open: ilsvrc,
};

/**
 * Finds the root of a Kaggle ILSVRC download from its folder or one inside it (`ILSVRC`, `ILSVRC/Data`,
 * `ILSVRC/Data/CLS-LOC`); returns `undefined` if the folder has another layout.
 */
export async function findIlsvrcRoot(folder: string): Promise<string | undefined> {
  let root = resolve(folder);
  for (const part of ["CLS-LOC", "Data", "ILSVRC"]) {
    if (basename(root) === part) root = dirname(root);
  }
  return await isFolder(join(root, images, "train")) ? root : undefined;
}

/**
 * Opens ImageNet in Kaggle's layout: training images in `ILSVRC/Data/CLS-LOC/train/<wnid>`, class names
 * in `LOC_synset_mapping.txt`, validation images in `val`, either flat and labeled by
 * `LOC_val_solution.csv` or, as many users rearrange them, in class folders.
 *
 * @param root The folder that holds `ILSVRC`.
 * @param options.classes The classes to take. By default the article's ten, in its order, if all of
 *   them exist; otherwise every class.
 * @param options.validationFraction The fraction of the training images that validates where there is no
 *   `val`; by default nothing does, with a warning.
 * @throws {DataError} If a file or folder is missing or malformed, a class has no training images, or a
 *   class is unknown.
 */
export async function ilsvrc(
  root: string,
  options: Partial<LayoutOptions> = {},
): Promise<Dataset> {
  const names = await readSynsetNames(root);
  const wnids = await listWnids(root, `${images}/train`);
  const available = synsetClasses(wnids, names);
  const classes = selectClasses(available, options.classes ?? defaultClasses(available));
  const train = await listClassImages(root, `${images}/train`, classes.map(({ id }) => id));
  const validated = await isFolder(join(root, valFolder))
    ? await findValidation(root, valFolder, classes, wnids)
    : undefined;
  const { files = [], lists = [], ofOtherClasses = [] } = validated ?? {};
  const used = chain(
    train.paths(),
    files.map(({ path }) => path),
    names.file === undefined ? [] : [names.file],
    lists,
    ofOtherClasses,
  );
  const { validationFraction: fraction, seed } = options;
  const split = fileSplit(root, train);
  return {
    name: folderName(root),
    classes,
    ...(validated || fraction === undefined
      ? { train: split, validation: fileSplit(root, files) }
      : holdOut(split, classes, { fraction, seed })),
    warnings: validated
      ? [...validated.warnings, ...fractionUnused(fraction, valFolder)]
      : [missingValidation(root, options)],
    unused: await unusedFiles(root, used, reasonOf, {
      notSelected: otherFolders(available, classes),
    }),
  };
}

function missingValidation(
  root: string,
  { validationFraction: fraction, seed }: Partial<LayoutOptions>,
): string {
  if (fraction !== undefined) return heldOutLine(fraction, seed);
  return `No validation images: ${
    join(root, valFolder)
  } is missing; --validation-fraction 0.1 holds out ` +
    "training images instead";
}

function reasonOf(path: string): string | undefined {
  return path.startsWith(`${images}/test/`) ? "test images without labels" : undefined;
}

/** The class folders that are not taken. */
function otherFolders(available: readonly ClassLabel[], classes: readonly ClassLabel[]): string[] {
  const taken = new Set(classes.map(({ id }) => id));
  return available.filter(({ id }) => !taken.has(id))
    .flatMap(({ id }) => [`${images}/train/${id}`, `${valFolder}/${id}`]);
}

function defaultClasses(available: readonly ClassLabel[]): ClassSelection {
  const ids = new Set(available.map(({ id }) => id));
  const article = articleClasses.map(({ id }) => id);
  return article.every((id) => ids.has(id)) ? article : "all";
}
