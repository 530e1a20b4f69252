import { plural } from "../../display/format.ts";
import { basename, dirname, join } from "@std/path";
import { listDir } from "../../files/read.ts";
import { DataError } from "../errors.ts";
import { isFile, isFolder } from "../sources/folders.ts";
import { baseOf, isHidden, walk } from "../sources/listing/walk.ts";
import { countKinds, imageKind, readKinds } from "./kinds.ts";

/** How {@linkcode findImages} works. */
export interface FindOptions {
  /** Told, in one line for each folder, which files were left out, and how many were in subfolders. */
  readonly onMessage?: (line: string) => void;
}

/**
 * Expands paths to image files: a file stands for itself, a folder for all image files in it and below
 * it, sorted. A path such as `photos/*.jpg`, which shells of Windows do not expand, stands for the image files
 * whose names match. Repeated files are listed once. The extension decides what is an image file.
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
export async function findImages(
  paths: readonly string[],
  { onMessage }: FindOptions = {},
): Promise<string[]> {
  const files = new Set<string>();
  for (const path of paths) {
    for (const file of await imagesAt(path, onMessage)) files.add(file);
  }
  return [...files];
}

async function imagesAt(
  path: string,
  onMessage: (line: string) => void = () => {},
): Promise<string[]> {
  if (/^[a-z][a-z\d+.-]+:\/\//i.test(path)) {
    throw new DataError(
      `images must be files or folders; download a URL first. Received: ${path}`,
    );
  }
  if (await isFile(path)) return [path];
  if (!await isFolder(path)) {
    const matching = await filesMatching(path);
    if (matching.length > 0) return matching;
    throw new DataError(`images must be existing files or folders. Received: ${path}`);
  }
  const files = await filesBelow(path);
  const images = files.filter((file) => imageKind(file) === "read");
  const leftOut = countKinds(files.filter((file) => imageKind(file) !== "read"));
  if (images.length === 0) {
    const found = leftOut === "" ? "" : `. Received: ${leftOut}`;
    throw new DataError(`${path} holds no image files (${readKinds})${found}`);
  }
  if (leftOut !== "") onMessage(`left out: ${leftOut} in ${path}`);
  const below = images.filter((file) => dirname(file) !== join(path, ".")).length;
  if (below > 0) {
    const verb = images.length === 1 ? "is" : "are";
    onMessage(`${below} of ${plural(images.length, "image")} ${verb} in subfolders of ${path}`);
  }
  return images;
}

/** The image files whose names match a path with `*` or `?` in its last part. */
async function filesMatching(path: string): Promise<string[]> {
  const [folder, pattern] = [dirname(path), basename(path)];
  if (!/[*?]/.test(pattern)) return [];
  const source = RegExp.escape(pattern).replaceAll("\\*", ".*").replaceAll("\\?", ".");
  const expression = new RegExp(`^${source}$`, Deno.build.os === "windows" ? "isu" : "su");
  const names = await listDir(folder).catch(() => []);
  return names.filter((name) =>
    expression.test(name) && !isHidden(name) && imageKind(name) === "read"
  ).sort().map((name) => join(folder, name));
}

/** The files in a folder and below it that are not hidden. */
async function filesBelow(folder: string): Promise<string[]> {
  const all: string[] = [];
  for await (const { path, files, error } of walk(folder, (path) => !isHidden(baseOf(path)))) {
    if (error) throw error;
    for (const name of files) if (!isHidden(name)) all.push(join(folder, path, name));
  }
  return all;
}
