import { basename, join, resolve } from "@std/path";
import { randomStream, shuffle } from "../../random/stream.ts";
import type { Dataset } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { type ClassSelection, selectClasses } from "../subset.ts";
import { className } from "./class_names.ts";
import { fileSplit, type LabeledFile } from "./file_split.ts";
import { listClassImages, listFolders, listImages } from "./folders.ts";
import { noValidationImages } from "./imagenette.ts";
import type { Layout } from "./layout.ts";

/** Class folders alone. */
export const imageFolderLayout: Layout = {
  name: "class folders",
  tree: "<class>/",
  recognize: async (folder) => {
    for (const found of await listFolders(folder)) {
      if ((await listImages(join(folder, found))).length > 0) {
        return { root: folder, found: [found], missing: [] };
      }
    }
    return undefined;
  },
  open: (root, { classes, seed, validationFraction }) =>
    imageFolder(root, {
      ...(classes === undefined ? {} : { classes }),
      ...(seed === undefined ? {} : { seed }),
      ...(validationFraction === undefined ? {} : { validationFraction }),
    }),
};

/** How {@linkcode imageFolder} reads a folder of class folders. */
export interface ImageFolderOptions {
  readonly classes?: ClassSelection;
  /** The seed of the split; 1 by default. */
  readonly seed?: number;
  /** The fraction of each class that is used for validation, from 0 to less than 1; 0.2 by default. */
  readonly validationFraction?: number;
}

/**
 * Opens plain class folders, `<class>/*.jpg`, split by seed into training and validation images. The
 * split is stratified, and each class is split independently, so that adding a class does not change
 * the others.
 *
 * @throws {DataError} If a folder is missing, a class has no images or is unknown, or the fraction is
 *   out of range.
 */
export async function imageFolder(
  root: string,
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  const { seed = 1, validationFraction = 0.2 } = options;
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new DataError(
      `validationFraction must be 0 or more and less than 1. Received: ${validationFraction}`,
    );
  }
  const available = (await listFolders(root)).map((id) => ({ id, name: className(id) }));
  const classes = selectClasses(available, options.classes);
  const files = await listClassImages(root, "", classes.map(({ id }) => id));
  const train: LabeledFile[] = [];
  const validation: LabeledFile[] = [];
  const warnings: string[] = [];
  for (const [label, { id }] of classes.entries()) {
    const images = files.filter((file) => file.label === label);
    const chosen = chooseValidation(images.length, validationFraction, seed, id);
    if (chosen.size === 0) warnings.push(noValidationImages(id));
    images.forEach((file, index) => (chosen.has(index) ? validation : train).push(file));
  }
  return {
    name: basename(resolve(root)),
    classes,
    train: fileSplit(root, train),
    validation: fileSplit(root, validation),
    warnings,
  };
}

/** Chooses the given fraction of a class's images, but at least one and never all. */
function chooseValidation(
  length: number,
  fraction: number,
  seed: number,
  classId: string,
): Set<number> {
  const wanted = fraction === 0 ? 0 : Math.max(1, Math.round(length * fraction));
  const indices = Uint32Array.from({ length }, (_, index) => index);
  shuffle(indices, randomStream("validation", seed, classId));
  return new Set(indices.subarray(0, Math.min(wanted, length - 1)));
}
