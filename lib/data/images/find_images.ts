import { join } from "@std/path";
import { DataError } from "../errors.ts";
import { isFile, isFolder, listFolders, listImages } from "../sources/folders.ts";

/**
 * Expands paths to image files: a file stands for itself, a folder for all image files in it and below
 * it, sorted. Repeated files are listed once.
 *
 * @throws {DataError} If a path does not exist, is a URL, or is a folder without images.
 *
 * @example
 * ```ts
 * import { findImages } from "vgg/data";
 *
 * const files = await findImages(["data/drawn10.png"]); // for a folder, all images in and below it
 * ```
 */
export async function findImages(paths: readonly string[]): Promise<string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    for (const file of await imagesAt(path)) files.add(file);
  }
  return [...files];
}

async function imagesAt(path: string): Promise<string[]> {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path)) {
    throw new DataError(
      `images must be files or folders; download a URL first. Received: ${path}`,
    );
  }
  if (await isFile(path)) return [path];
  if (!await isFolder(path)) {
    throw new DataError(`images must be existing files or folders. Received: ${path}`);
  }
  const images = await imagesBelow(path);
  if (images.length > 0) return images;
  throw new DataError(`${path} holds no image files (jpg, png, gif, webp, bmp, tif)`);
}

/** @param parents The real paths of the parent folders; a link back to one of them would not end. */
async function imagesBelow(folder: string, parents: readonly string[] = []): Promise<string[]> {
  const realPath = await Deno.realPath(folder).catch((error: Error) => {
    throw new DataError(`The folder ${folder} cannot be read: ${error.message}`);
  });
  if (parents.includes(realPath)) return [];
  const images = (await listImages(folder)).map((name) => join(folder, name));
  for (const name of await listFolders(folder)) {
    images.push(...await imagesBelow(join(folder, name), [...parents, realPath]));
  }
  return images;
}
