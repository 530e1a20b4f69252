import { join } from "@std/path";
import type { ClassLabel, Dataset } from "../dataset.ts";
import { type ClassSelection, selectClasses } from "../subset.ts";
import { className } from "./class_names.ts";
import { fileSplit, type LabeledFile } from "./file_split.ts";
import { isFolder, listClassImages, listFolders, listImages } from "./folders.ts";
import type { Layout } from "./layout.ts";

/** Class folders in `train` and in `val`. */
export const imagenetteLayout: Layout = {
  name: "folders of splits (Imagenette)",
  tree: "train/<class>/, val/<class>/",
  recognize: async (folder) => {
    const parts = ["train", "val"];
    const there = await Promise.all(parts.map((part) => isFolder(join(folder, part))));
    const found = parts.filter((_, index) => there[index]);
    const missing = parts.filter((_, index) => !there[index]);
    return found.length === 0 ? undefined : { root: folder, found, missing };
  },
  open: (root, { name, classes = "all" }) => imagenette(root, { name, classes }),
};

/**
 * Opens a data set in the layout of fast.ai's Imagenette: `train/<class>/*.JPEG` and
 * `val/<class>/*.JPEG`. The classes are the folders of `train`, sorted.
 *
 * @throws {DataError} If a folder is missing, a class of `train` has no images, or a class is unknown.
 */
export async function imagenette(
  root: string,
  options: { readonly classes?: ClassSelection; readonly name?: string } = {},
): Promise<Dataset> {
  const folders = await listFolders(join(root, "train"));
  const available = folders.map((id) => ({ id, name: className(id) }));
  const classes = selectClasses(available, options.classes);
  const train = await listClassImages(root, "train", classes.map(({ id }) => id));
  const { files, warnings } = await listValidation(root, "val", classes);
  return {
    name: options.name ?? "imagenette",
    classes,
    train: fileSplit(root, train),
    validation: fileSplit(root, files),
    warnings,
  };
}

/** Lists the validation images of class folders. A class without any gives a warning, not an error. */
export async function listValidation(
  root: string,
  inside: string,
  classes: readonly ClassLabel[],
): Promise<{ files: LabeledFile[]; warnings: string[] }> {
  const files: LabeledFile[] = [];
  const warnings: string[] = [];
  for (const [label, { id }] of classes.entries()) {
    const folder = join(root, inside, id);
    const images = await isFolder(folder) ? await listImages(folder) : [];
    if (images.length === 0) warnings.push(noValidationImages(id));
    for (const image of images) files.push({ path: `${inside}/${id}/${image}`, label });
  }
  return { files, warnings };
}

/** The warning for a class without validation images. */
export function noValidationImages(classId: string): string {
  return `The class ${classId} has no validation images`;
}
