import { join } from "@std/path";
import { DataError } from "../errors.ts";
import type { LabeledFile } from "./file_split.ts";

const imageName = /\.(jpe?g|png|gif|webp|bmp|tiff?)$/i;

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
  return await list(folder, (entry) => entry.isDirectory && entry.name !== "__MACOSX");
}

/**
 * Lists the names of the image files directly in a folder, sorted by code unit. The extension decides;
 * anything else (`.DS_Store`, `Thumbs.db`, notes, nested folders) is skipped.
 *
 * @throws {DataError} If the folder is missing, is a file or cannot be read.
 */
export async function listImages(folder: string): Promise<string[]> {
  return await list(folder, (entry) => entry.isFile && imageName.test(entry.name));
}

/**
 * Lists the images of class folders, class by class and sorted within each class.
 *
 * @param root The data set's folder.
 * @param inside The parent of the class folders, as a path inside `root`; `""` for `root` itself.
 * @param classIds The class folders; the label of an image is the index of its folder in this list.
 * @throws {DataError} If a folder is missing or holds no image.
 */
export async function listClassImages(
  root: string,
  inside: string,
  classIds: readonly string[],
): Promise<LabeledFile[]> {
  const files: LabeledFile[] = [];
  for (const [label, id] of classIds.entries()) {
    const folder = inside === "" ? id : `${inside}/${id}`;
    const images = await listImages(join(root, folder));
    if (images.length === 0) {
      throw new DataError(
        `The class folder ${
          join(root, folder)
        } holds no image files (jpg, png, gif, webp, bmp, tif)`,
      );
    }
    for (const image of images) files.push({ path: `${folder}/${image}`, label });
  }
  return files;
}

async function list(
  folder: string,
  isWanted: (entry: { name: string; isFile: boolean; isDirectory: boolean }) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.startsWith(".")) continue;
      const { name, isSymlink } = entry;
      const target = isSymlink ? await statOf(join(folder, name)) : entry;
      if (target && isWanted({ name, isFile: target.isFile, isDirectory: target.isDirectory })) {
        names.push(name);
      }
    }
  } catch (error) {
    throw dataErrorOf(error, folder);
  }
  return names.sort();
}

function dataErrorOf(error: unknown, folder: string): DataError {
  if (error instanceof Deno.errors.NotFound) return new DataError(`No folder at ${folder}`);
  if (error instanceof Deno.errors.NotADirectory) {
    return new DataError(`Expected a folder but found a file at ${folder}`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new DataError(`No permission to read the folder ${folder}`);
  }
  return new DataError(`The folder ${folder} cannot be read: ${(error as Error).message}`);
}

async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}
