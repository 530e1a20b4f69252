import { join } from "@std/path";
import type { ClassLabel } from "../dataset.ts";
import type { ClassSelection } from "../subset.ts";
import type { LabeledFile } from "./file_split.ts";
import { hasImages, isFolder, listFolders, listImages, listImagesBelow } from "./folders.ts";
import { inside } from "./listing/walk.ts";
import { isReservedName, isSplitName, type SplitName, subjectOf } from "./split_names.ts";

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
  const name = path.slice(path.lastIndexOf("/") + 1);
  const same = only === name || isReservedName(only) || subjectOf(only) === subjectOf(name);
  if (!same || (await listImages(folder)).length > 0) return path;
  return await classRoot(root, inside(path, only));
}

/** Whether one of some class folders holds an image, in it or below it. */
export async function anyHasImages(root: string, names: readonly string[]): Promise<boolean> {
  for (const name of names) if (await hasImages(join(root, name))) return true;
  return false;
}

/** The images of the classes in a split's folder, and what else it has. */
export interface ClassImages {
  readonly files: LabeledFile[];
  /** Folders of no class, as paths inside the root. */
  readonly others: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Lists the images of classes in the folder of a split other than the training images. Folders are
 * matched by their exact names.
 *
 * @param available All classes of the training images, of which `classes` may be a selection.
 */
export async function listSplitClasses(
  root: string,
  parent: string,
  { classes, available, split }: {
    readonly classes: readonly ClassLabel[];
    readonly available: readonly ClassLabel[];
    readonly split: SplitName;
  },
): Promise<ClassImages> {
  const folders = await listFolders(join(root, parent));
  const known = new Set(available.map(({ id }) => id));
  const others = classNames(folders, undefined, "in a split").filter((name) => !known.has(name));
  const { files, missing } = await listKnown(root, parent, classes);
  return {
    files,
    others: others.map((name) => inside(parent, name)),
    warnings: [...noImagesOf(missing, split), ...unknownFolders(parent, others, available)],
  };
}

async function listKnown(
  root: string,
  parent: string,
  classes: readonly ClassLabel[],
): Promise<{ files: LabeledFile[]; missing: string[] }> {
  const [files, missing]: [LabeledFile[], string[]] = [[], []];
  for (const [label, { id }] of classes.entries()) {
    const path = inside(parent, id);
    const folder = join(root, path);
    const images = await isFolder(folder) ? await listImagesBelow(folder) : [];
    if (images.length === 0) missing.push(id);
    for (const image of images) files.push({ path: `${path}/${image}`, label });
  }
  return { files, missing };
}

/** The warning for classes without images in a split: one line, or none if there are no such classes. */
export function noImagesOf(classIds: readonly string[], split: SplitName): string[] {
  const images = `no ${split === "train" ? "training" : split} images`;
  if (classIds.length === 0) return [];
  if (classIds.length === 1) return [`The class ${classIds[0]} has ${images}`];
  return [`${classIds.length} classes have ${images}: ${firstFive(classIds)}`];
}

/** Names the first five of some things. */
export function firstFive(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ", …" : "");
}

/** Warns of folders that are no classes: by name of those that differ from a class in writing alone. */
function unknownFolders(
  parent: string,
  others: readonly string[],
  available: readonly ClassLabel[],
): string[] {
  const byWriting = new Map(available.map(({ id }) => [writingOf(id), id]));
  const near = others.filter((name) => byWriting.has(writingOf(name)));
  const far = others.filter((name) => !near.includes(name));
  return [
    ...near.slice(0, 5).map((name) =>
      `${parent}/${name} is left out: it is not named as the class ` +
      `${JSON.stringify(byWriting.get(writingOf(name)))} but ${JSON.stringify(name)}`
    ),
    ...(near.length > 5 ? [`${near.length - 5} more folders of ${parent} are named so`] : []),
    ...(far.length === 0
      ? []
      : [`${parent} has folders of no training class, which are left out: ${firstFive(far)}` +
        (far.length > 5 ? ` (${far.length})` : "")]),
  ];
}

/** A name without what people write in different ways: case, spaces, `_`, `-`, and accents' encoding. */
function writingOf(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll(/[\s_-]+/g, "");
}
