import { join } from "@std/path";
import { DataError } from "../errors.ts";
import { isFile, isFolder, listFolders, listImages } from "../sources/folders.ts";

/**
 * The image files that paths name: files as they are, and of folders all image files in them and below
 * them, sorted. A file that is named twice is listed once.
 *
 * @throws {DataError} For a path where there is nothing, a folder without images, and an address.
 *
 * @example
 * ```ts ignore
 * await findImages(["bison.jpg", "photos"]); // ["bison.jpg", "photos/a/1.jpg", …]
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
      `images must be files or folders; download what has an address first. Received: ${path}`,
    );
  }
  if (await isFile(path)) return [path];
  if (!await isFolder(path)) {
    throw new DataError(`images must be files or folders that are there. Received: ${path}`);
  }
  const images = await imagesBelow(path);
  if (images.length > 0) return images;
  throw new DataError(`${path} holds no image files (jpg, png, gif, webp, bmp, tif)`);
}

/** @param above The folders that it lies in: a link to one of them leads round in circles. */
async function imagesBelow(folder: string, above: readonly string[] = []): Promise<string[]> {
  const own = await Deno.realPath(folder).catch((error: Error) => {
    throw new DataError(`The folder ${folder} cannot be read: ${error.message}`);
  });
  if (above.includes(own)) return [];
  const images = (await listImages(folder)).map((name) => join(folder, name));
  for (const name of await listFolders(folder)) {
    images.push(...await imagesBelow(join(folder, name), [...above, own]));
  }
  return images;
}
