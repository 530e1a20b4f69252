import { join } from "@std/path";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import type { LabeledFile } from "../file_list.ts";
import { isFolder, listFolders, listImagesBelow } from "../folders.ts";
import { inside } from "../listing/walk.ts";
import { classNames, firstFive } from "./class_folders.ts";
import type { SplitName } from "./split_names.ts";

/** The images of the classes in a split's folder, and what else it has. */
export interface ClassImages {
  readonly files: LabeledFile[];
  /** Folders of no class, as paths inside the root. */
  readonly unknown: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Lists the images of classes in the folder of validation or test images. Folders are matched by their
 * exact names.
 *
 * @param root The data set's folder.
 * @param parent The split's folder, as a path inside `root`.
 * @param classes The selected classes; the label of an image is the index in this list.
 * @param options.available All classes of the training images. Without them nothing is said of folders of
 *   other classes.
 * @throws {DataError} If no folder is that of a class.
 */
export async function listSplitClasses(
  root: string,
  parent: string,
  classes: readonly ClassLabel[],
  { split = "validation", available }: {
    readonly split?: SplitName;
    readonly available?: readonly ClassLabel[];
  } = {},
): Promise<ClassImages> {
  const folders = await listFolders(join(root, parent));
  const known = new Set(available?.map(({ id }) => id) ?? folders);
  const unknown = classNames(folders, undefined, "in a split").filter((name) => !known.has(name));
  if (unknown.length > 0 && !folders.some((name) => known.has(name))) {
    throw new DataError(
      `The folders of ${join(root, parent)} must be named as the classes are (${
        firstFive([...known])
      }). Received: ${firstFive(unknown)}`,
    );
  }
  const { files, missing } = await listKnown(root, parent, classes);
  return {
    files,
    unknown: unknown.map((name) => inside(parent, name)),
    warnings: [...noImagesOf(missing, split), ...unknownFolders(parent, unknown, known)],
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

/** Warns of folders that are no classes: by name of those that differ from a class in writing alone. */
function unknownFolders(
  parent: string,
  unknown: readonly string[],
  known: ReadonlySet<string>,
): string[] {
  const byWriting = new Map([...known].map((id) => [writingOf(id), id]));
  const near = unknown.filter((name) => byWriting.has(writingOf(name)));
  const far = unknown.filter((name) => !near.includes(name));
  const pairs = near.map((name) =>
    `${JSON.stringify(name)} is not ${JSON.stringify(byWriting.get(writingOf(name)))}`
  );
  return [
    ...(near.length === 0 ? [] : [
      `Folders of ${parent} are left out because they are written otherwise than the classes: ` +
      firstFive(pairs),
    ]),
    ...(far.length === 0 ? [] : [
      `Folders of ${parent} that are no training classes are left out: ${firstFive(far)}` +
      (far.length > 5 ? ` (${far.length})` : ""),
    ]),
  ];
}

/** A name without what people write in different ways: case, spaces, `_`, `-`, and accents' encoding. */
function writingOf(name: string): string {
  return name.normalize("NFKC").toLowerCase().replaceAll(/[\s_-]+/g, "");
}
