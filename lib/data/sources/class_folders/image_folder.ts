import { basename, dirname, join, resolve } from "@std/path";
import { DataError } from "../../errors.ts";
import type { ClassSelection } from "../../subset.ts";
import { hasImages, listFolders, listImages } from "../folders.ts";
import type { Layout, LayoutOptions, OpenedDataset } from "../layout.ts";
import { classNames, firstFive, holdsSplits } from "./class_folders.ts";
import { openClassFolders } from "./open_class_folders.ts";
import { isReservedName, splitHint } from "./split_names.ts";

/** Class folders alone. */
export const imageFolderLayout: Layout = {
  name: "class folders",
  tree: "<class>/",
  recognize: async (folder, { classes, oneClass = false } = {}) => {
    const found = await findClasses(folder, classes);
    const [first, second] = found;
    if (first === undefined) return undefined;
    // A folder of folders may be a data set around another one.
    const isOne = oneClass && (await listImages(join(folder, first))).length > 0;
    const fits = second !== undefined || isOne;
    return { root: folder, found, missing: fits ? [] : ["a second class folder"] };
  },
  open: openImageFolder,
};

/** Finds two of a folder's class folders, or fewer if it has fewer. */
async function findClasses(
  folder: string,
  selection: ClassSelection | undefined,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of classNames(await listFolders(folder), selection, "alone")) {
    const path = join(folder, name);
    if (await hasImages(path) && !await holdsSplits(path)) found.push(name);
    if (found.length === 2) break;
  }
  return found;
}

/**
 * Opens class folders, `<class>/*.jpg`, split by seed into training and validation images. The split is
 * stratified, and each class is split independently, so that adding a class does not change the others.
 *
 * @throws {DataError} If a folder is missing, a class has no images or is unknown, the fraction is out of
 *   range, or it cannot be told which folders are the classes.
 */
export async function openImageFolder(
  root: string,
  options: Partial<LayoutOptions> = {},
): Promise<OpenedDataset> {
  const folders = await listFolders(root);
  await requireNoSplits(root, folders, options.classes);
  const dataset = await openClassFolders(root, { train: "" }, options);
  return {
    ...dataset,
    warnings: [
      ...await splitsBeside(root),
      ...nestedClasses(root, dataset, options.classes),
      ...dataset.warnings,
    ],
  };
}

/** A folder named `train` or `val` with images, beside class folders, may be a class or a split. */
async function requireNoSplits(
  root: string,
  folders: readonly string[],
  selection: ClassSelection | undefined,
): Promise<void> {
  if (selection !== undefined && selection !== "all") return;
  for (const name of folders) {
    const split = splitHint(name);
    if (!split?.sure || split.split === "test" || !await hasImages(join(root, name))) continue;
    throw new DataError(
      `The class folders of ${root} must not be named as splits are. Received: ${name}. If it is a ` +
        "class, name all classes with --classes",
    );
  }
}

/** Says that the folder is one of several splits. */
async function splitsBeside(root: string): Promise<string[]> {
  const own = splitHint(basename(resolve(root)));
  if (!own?.sure) return [];
  const parent = dirname(resolve(root));
  const others = (await listFolders(parent).catch(() => [])).filter((name) => {
    const hint = splitHint(name);
    return hint?.sure && hint.split !== own.split;
  });
  return others.length === 0 ? [] : [
    `Images of ${root} alone are read; ${
      firstFive(others)
    } beside it are not: give ${parent} for all`,
  ];
}

/**
 * Says that images lie in subfolders of class folders.
 *
 * @throws {DataError} If several class folders have the same subfolders, as `2019/cat`, `2019/dog`,
 *   `2020/cat` and `2020/dog` do.
 */
function nestedClasses(
  root: string,
  { classes, train }: OpenedDataset,
  selection: ClassSelection | undefined,
): string[] {
  const subfolders = classes.map(() => new Set<string>());
  const direct = new Set<number>();
  for (let index = 0; index < train.length; index++) {
    const [, second, third] = train.path(index).split("/");
    if (third === undefined) direct.add(train.labels[index]!);
    else subfolders[train.labels[index]!]!.add(second!);
  }
  const nested = classes.map(({ id }, label) => ({ id, inner: [...subfolders[label]!].sort() }))
    .filter((_, label) => !direct.has(label));
  const [first, second] = nested;
  if (!first) return [];
  const all = selection === undefined || selection === "all";
  if (
    all && second && nested.length === classes.length && shareFolders(first.inner, second.inner)
  ) {
    throw new DataError(
      `It cannot be told which folders of ${root} are classes: ${first.id} and ${second.id} have the ` +
        `same subfolders (${firstFive(first.inner)}). Give one of them (${
          join(root, first.id)
        }), or ` +
        "name the classes with --classes",
    );
  }
  const places = nested.map(({ id, inner }) => `${id}/${inner[0]}`);
  return [
    `Images lie in subfolders of classes, whose first level is the class: ${firstFive(places)}`,
  ];
}

/** Whether two lists have two names in common that may be classes: no years, no dates. */
function shareFolders(some: readonly string[], others: readonly string[]): boolean {
  const names = some.filter((name) => others.includes(name));
  return names.filter((name) => !isReservedName(name) && !/^(19|20)\d\d/.test(name)).length >= 2;
}
