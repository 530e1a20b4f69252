import { join } from "@std/path";
import { listFolders, listImages } from "../../../lib/data/sources/folders.ts";

/** As many files hold the pictures of a set; a file system allows some ten thousand names of one. */
const files = 200;

/**
 * Makes class folders with many names of few image files (hard links), in `folder`.
 *
 * @param source A folder of class folders.
 * @returns The new set's folder.
 */
export async function linkedSet(
  source: string,
  folder: string,
  { images, classes }: { readonly images: number; readonly classes: number },
): Promise<string> {
  const originals = join(folder, "originals");
  if (!await Deno.stat(originals).then(() => true, () => false)) await copy(source, originals);
  const set = join(folder, `${images}-${classes}`);
  for (let label = 0; label < classes; label++) {
    const own = join(set, `class_${String(label).padStart(5, "0")}`);
    await Deno.mkdir(own, { recursive: true });
    for (let number = 0; number < Math.floor(images / classes); number++) {
      const original = join(originals, `${(label * 7 + number) % files}.jpg`);
      Deno.linkSync(original, join(own, `photograph_${String(number).padStart(7, "0")}.jpg`));
    }
  }
  return set;
}

/** Copies pictures of all classes, since a link cannot lead to another disk. */
async function copy(source: string, target: string): Promise<void> {
  await Deno.mkdir(target);
  const classes = await listFolders(source);
  const lists = await Promise.all(classes.map((name) => listImages(join(source, name))));
  for (let number = 0; number < files; number++) {
    const label = number % classes.length;
    const name = lists[label]![Math.floor(number / classes.length)]!;
    await Deno.copyFile(join(source, classes[label]!, name), join(target, `${number}.jpg`));
  }
}
