import { join } from "@std/path";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { listSplitClasses, noImagesOf } from "../class_folders/split_classes.ts";
import type { LabeledFile } from "../file_list.ts";
import { listFolders, listImages } from "../folders.ts";
import { wnidPattern } from "./synset_names.ts";
import { findValidationLabels } from "./validation_labels.ts";

/** The validation images of ImageNet. */
export interface ValidationImages {
  readonly files: LabeledFile[];
  /** The files that give the labels. */
  readonly lists: readonly string[];
  /** Labeled images of classes that were not asked for, as paths inside the data set. */
  readonly ofOtherClasses: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Finds the validation images of classes: in class folders or, where they lie in one folder, by a list of
 * labels.
 *
 * @param inside The folder of the validation images, inside `root`.
 * @param wnids All training folders, sorted.
 * @throws {DataError} If there are none, or they lie in one folder and no list labels them.
 */
export async function findValidation(
  root: string,
  inside: string,
  classes: readonly ClassLabel[],
  wnids: readonly string[],
): Promise<ValidationImages> {
  const ids = classes.map(({ id }) => id);
  if ((await listWnids(root, inside)).length > 0) {
    const available = wnids.map((id) => ({ id, name: id }));
    return {
      ...await listSplitClasses(root, inside, classes, { available }),
      lists: [],
      ofOtherClasses: [],
    };
  }
  const images = await listImages(join(root, inside));
  if (images.length === 0) {
    throw new DataError(
      `${join(root, inside)} must hold images, or class folders as the training images do. ` +
        `Received: ${(await listFolders(join(root, inside))).slice(0, 5).join(", ") || "neither"}`,
    );
  }
  const labels = await findValidationLabels(root, inside, wnids);
  if (!labels) {
    throw new DataError(
      `The labels of the ${images.length} images in ${join(root, inside)} are missing: put ` +
        `Kaggle's LOC_val_solution.csv into ${root}, or sort the images into class folders with valprep.sh`,
    );
  }
  const indices = new Map(ids.map((id, index) => [id, index]));
  const files: LabeledFile[] = [];
  const ofOtherClasses: string[] = [];
  for (const image of images) {
    const wnid = labels.wnidOf(image);
    const label = indices.get(wnid ?? "");
    if (label !== undefined) files.push({ path: `${inside}/${image}`, label });
    else if (wnid !== undefined) ofOtherClasses.push(`${inside}/${image}`);
  }
  if (files.length + ofOtherClasses.length === 0) {
    throw new DataError(
      `${labels.files.join(" and ")} must label the images in ${join(root, inside)}. ` +
        `Received: ${images.length} others, such as ${images[0]}`,
    );
  }
  const labeled = new Set(files.map(({ label }) => label));
  const absent = ids.filter((_, label) => !labeled.has(label));
  return {
    files: files.sort((one, other) => one.label - other.label),
    lists: labels.files,
    ofOtherClasses,
    warnings: [...labels.assumed, ...noImagesOf(absent, "validation")],
  };
}

/** Lists the folders of wnids in a folder, sorted. */
export async function listWnids(root: string, inside: string): Promise<string[]> {
  return (await listFolders(join(root, inside))).filter((name) => wnidPattern.test(name));
}
