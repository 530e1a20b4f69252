import { join } from "@std/path";
import { className } from "./class_names.ts";
import type { ClassLabel, Dataset } from "../dataset.ts";
import { fileSplit, type LabelledFile } from "./file_split.ts";
import { isFolder, listClassImages, listFolders, listImages } from "./folders.ts";
import { type ClassSelection, selectClasses } from "../select_classes.ts";

/** Whether a folder has the layout of Imagenette: `train` and `val` folders. */
export async function isImagenette(folder: string): Promise<boolean> {
  return await isFolder(join(folder, "train")) && await isFolder(join(folder, "val"));
}

/**
 * A data set in the layout of fast.ai's Imagenette: `train/<class>/*.JPEG` and `val/<class>/*.JPEG`.
 * The classes are the folders of `train`, sorted; the ten of Imagenette get their names.
 *
 * @throws {DataError} For a missing folder, a class of `train` without images, or an unknown class.
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

/** The validation images of class folders; a class without any is a warning, not an error. */
export async function listValidation(
  root: string,
  inside: string,
  classes: readonly ClassLabel[],
): Promise<{ files: LabelledFile[]; warnings: string[] }> {
  const files: LabelledFile[] = [];
  const warnings: string[] = [];
  for (const [label, { id }] of classes.entries()) {
    const folder = join(root, inside, id);
    const images = await isFolder(folder) ? await listImages(folder) : [];
    if (images.length === 0) warnings.push(withoutValidation(id));
    for (const image of images) files.push({ path: `${inside}/${id}/${image}`, label });
  }
  return { files, warnings };
}

/** What is said of a class that no validation image belongs to. */
export function withoutValidation(classId: string): string {
  return `The class ${classId} has no validation images`;
}
