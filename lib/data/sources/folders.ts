import { join } from "@std/path";
import { DataError } from "../errors.ts";
import type { LabelledFile } from "./file_split.ts";

const imageName = /\.(jpe?g|png|gif|webp|bmp|tiff?)$/i;

/** Whether there is a folder (or a link to one) at a path. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statOf(path))?.isDirectory ?? false;
}

/** Whether there is a file (or a link to one) at a path. */
export async function isFile(path: string): Promise<boolean> {
  return (await statOf(path))?.isFile ?? false;
}

/**
 * The names of the folders in a folder, sorted by code unit. Hidden ones and those that archives and
 * systems leave behind are passed over.
 *
 * @throws {DataError} Where the folder is missing, is a file or may not be read.
 */
export async function listFolders(folder: string): Promise<string[]> {
  return await list(folder, (entry) => entry.isDirectory && entry.name !== "__MACOSX");
}

/**
 * The names of the image files directly in a folder, told by their extension and sorted by code
 * unit; anything else in it (`.DS_Store`, `Thumbs.db`, notes, nested folders) is passed over.
 *
 * @throws {DataError} Where the folder is missing, is a file or may not be read.
 */
export async function listImages(folder: string): Promise<string[]> {
  return await list(folder, (entry) => entry.isFile && imageName.test(entry.name));
}

/**
 * The images of class folders, class by class and sorted within each.
 *
 * @param root The data set's folder.
 * @param inside The folder of class folders, as a path inside `root`; `""` for `root` itself.
 * @param classIds The folders to list; an image's label is its folder's place in this list.
 * @throws {DataError} Where a folder is missing or holds no image.
 */
export async function listClassImages(
  root: string,
  inside: string,
  classIds: readonly string[],
): Promise<LabelledFile[]> {
  const files: LabelledFile[] = [];
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
  wanted: (entry: { name: string; isFile: boolean; isDirectory: boolean }) => boolean,
): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(folder)) {
      if (entry.name.startsWith(".")) continue;
      const { name, isSymlink } = entry;
      const target = isSymlink ? await statOf(join(folder, name)) : entry;
      if (target && wanted({ name, isFile: target.isFile, isDirectory: target.isDirectory })) {
        names.push(name);
      }
    }
  } catch (error) {
    throw explain(error, folder);
  }
  return names.sort();
}

function explain(error: unknown, folder: string): DataError {
  if (error instanceof Deno.errors.NotFound) return new DataError(`No folder at ${folder}`);
  if (error instanceof Deno.errors.NotADirectory) {
    return new DataError(`A folder was expected, and a file found, at ${folder}`);
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return new DataError(`The folder ${folder} may not be read`);
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
