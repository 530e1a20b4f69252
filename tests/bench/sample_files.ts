import { extname, join } from "@std/path";
import { DataError } from "../../lib/data/errors.ts";
import { isFolder, listFolders, listImages } from "../../lib/data/sources/folders.ts";
import { findIlsvrcRoot } from "../../lib/data/sources/ilsvrc.ts";

/**
 * The folder of class folders that a data set trains on.
 *
 * @param data In the Kaggle ILSVRC layout, or with a `train` folder of class folders.
 * @throws {DataError} Where there is no such folder.
 */
export async function trainFolder(data: string): Promise<string> {
  const root = await findIlsvrcRoot(data);
  const train = root ? join(root, "ILSVRC", "Data", "CLS-LOC", "train") : join(data, "train");
  if (await isFolder(train) && (await listFolders(train)).length > 1) return train;
  throw new DataError(`--data must hold a train folder of class folders. Received: ${data}`);
}

/**
 * Copies the first images of each class, of ten classes at most, into `train`, and one of each
 * into `val`, so that all frameworks read the same files.
 *
 * @param train Holds class folders.
 * @returns How many images there are to train on.
 */
export async function sampleFiles(train: string, images: number, target: string): Promise<number> {
  const classes = (await listFolders(train)).slice(0, 10);
  let copied = 0;
  for (const name of classes) {
    const files = (await listImages(join(train, name))).slice(
      0,
      Math.ceil(images / classes.length),
    );
    for (const split of ["train", "val"]) {
      await Deno.mkdir(join(target, split, name), { recursive: true });
    }
    for (const [number, file] of files.entries()) {
      const [source, to] = [join(train, name, file), `${number}${extname(file)}`];
      await Deno.copyFile(source, join(target, "train", name, to));
      if (number === 0) await Deno.copyFile(source, join(target, "val", name, to));
    }
    copied += files.length;
  }
  return copied;
}
