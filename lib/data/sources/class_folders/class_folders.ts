import { join } from "@std/path";
import type { ClassSelection } from "../../subset.ts";
import { hasImages, listFolders, listImages } from "../folders.ts";
import { baseOf, inside } from "../listing/walk.ts";
import { isReservedName, isSplitName, splitHint, subjectOf } from "./split_names.ts";

/**
 * The names among those of folders that may be classes. Names of splits and of what lies beside classes
 * (`images`, `labels`) are classes only if they are selected, or, in the folder of a split, if other
 * classes are beside a split's name: CIFAR-100 has a class `train`.
 */
export function classNames(
  folders: readonly string[],
  selection: ClassSelection | undefined,
  place: "in a split" | "alone",
): string[] {
  const selected = new Set(selection === "all" ? [] : selection);
  const others = folders.filter((name) => !isReservedName(name)).length;
  return folders.filter((name) =>
    !isReservedName(name) || selected.has(name) ||
    place === "in a split" && others >= 2 && isSplitName(name)
  );
}

/**
 * The folder whose subfolders are the classes of a split. Where the split's folder holds nothing but one
 * folder of the same meaning, it is that one: `seg_train/seg_train`, `train/images`.
 *
 * @param path The split's folder, as a path inside `root`.
 */
export async function classRoot(root: string, path: string): Promise<string> {
  const folder = join(root, path);
  const [only, ...others] = await listFolders(folder);
  if (only === undefined || others.length > 0) return path;
  const same = isReservedName(only) || subjectOf(only) === subjectOf(baseOf(path)) && path !== "";
  if (!same || (await listImages(folder)).length > 0) return path;
  return await classRoot(root, inside(path, only));
}

/** Whether one of some folders holds an image, in it or below it. */
export async function anyHasImages(root: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) if (await hasImages(join(root, name))) return true;
  return false;
}

/** Whether a folder holds no images itself but a folder of training images: it is a data set, no class. */
export async function holdsSplits(folder: string): Promise<boolean> {
  if ((await listImages(folder)).length > 0) return false;
  return (await listFolders(folder)).map(splitHint)
    .some((hint) => hint?.sure && hint.split === "train");
}

/** Names the first five of some things. */
export function firstFive(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
}
