import { join } from "@std/path";
import { DataError } from "../errors.ts";
import { countKinds, imageKind, readKinds } from "../images/kinds.ts";
import { FileList } from "./file_list.ts";
import { listFolder, statOf } from "./listing/list_folder.ts";
import { baseOf, inside, isHidden, walk } from "./listing/walk.ts";

/** Whether a path is a folder, or a link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory ?? false;
}

/** Whether a path is a file, or a link to one. */
export async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile ?? false;
}

/**
 * Lists the names of the folders in a folder, sorted by code unit. Hidden folders and macOS's
 * `__MACOSX`, which its archives add, are skipped.
 *
 * @throws {DataError} If the folder is missing, is a file or cannot be read.
 */
export async function listFolders(folder: string): Promise<string[]> {
  return (await listFolder(folder)).folders.filter((name) => !isHidden(name));
}

/**
 * Lists the names of the image files directly in a folder, sorted by code unit. The extension decides;
 * anything else (`.DS_Store`, `Thumbs.db`, notes, nested folders) is skipped.
 *
 * @throws {DataError} If the folder is missing, is a file or cannot be read.
 */
export async function listImages(folder: string): Promise<string[]> {
  return (await listFolder(folder)).files.filter(isImage);
}

/**
 * Lists the image files in a folder and in all folders below it, as paths inside the folder with `/`
 * between their parts. The files of a folder come before those of its subfolders. A link to a folder
 * that it lies in is not followed.
 *
 * @throws {DataError} If a folder is missing, is a file or cannot be read.
 */
export async function listImagesBelow(folder: string): Promise<string[]> {
  const images: string[] = [];
  for await (const { path, files, error } of walk(folder, isShown)) {
    if (error) throw error;
    for (const name of files) if (isImage(name)) images.push(inside(path, name));
  }
  return images;
}

/** Whether there is an image file in a folder or in the first folders below it. */
export async function hasImages(folder: string): Promise<boolean> {
  let left = maxFolders;
  for await (const { files } of walk(folder, isShown)) {
    if (files.some(isImage)) return true;
    if (--left === 0) break;
  }
  return false;
}

/** The most folders that {@linkcode hasImages} looks into: there are large trees without an image. */
const maxFolders = 200;

function isShown(path: string): boolean {
  return !isHidden(baseOf(path));
}

/**
 * Lists the images of class folders, class by class: those of the folder, sorted, and then those of its
 * subfolders.
 *
 * @param root The data set's folder.
 * @param parent The parent of the class folders, as a path inside `root`; `""` for `root` itself.
 * @param classIds The class folders; the label of an image is the index of its folder in this list.
 * @throws {DataError} If a folder is missing or holds no image.
 */
export async function listClassImages(
  root: string,
  parent: string,
  classIds: readonly string[],
): Promise<FileList> {
  const files = new FileList();
  for (const [label, id] of classIds.entries()) {
    const folder = inside(parent, id);
    const images = await listImagesBelow(join(root, folder));
    if (images.length === 0) throw await noImages(join(root, folder));
    for (const image of images) files.add(`${folder}/${image}`, label);
  }
  return files;
}

/** Whether a file is shown and of a format that is decoded, by its name. */
export function isImage(name: string): boolean {
  return !isHidden(name) && imageKind(name) === "read";
}

async function noImages(folder: string): Promise<DataError> {
  const { files } = await listFolder(folder);
  const kinds = countKinds(files);
  return new DataError(
    `The class folder ${folder} holds no image files (${readKinds})` +
      (kinds === "" ? "" : `. Received: ${kinds}`),
  );
}
