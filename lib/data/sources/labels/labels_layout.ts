import { dirname, join, relative, resolve } from "@std/path";
import { DataError } from "../../errors.ts";
import { OptionError } from "../../../errors.ts";
import { isReservedName } from "../class_folders/split_names.ts";
import { listFolders, listImages } from "../folders.ts";
import type { Layout, LayoutOptions, OpenedDataset } from "../layout.ts";
import { listFolder } from "../listing/list_folder.ts";
import { findTables, namedTable } from "./find_tables.ts";
import { labeledPictures } from "./labeled_pictures.ts";
import { type ChosenTable, labelByPattern, labelByTables } from "./labeling.ts";
import { indexPictures, type PictureIndex } from "./picture_index.ts";

/** Where the classes of pictures are, other than in the names of folders. */
export interface LabelSource {
  /** A CSV or TSV file with a row for each picture. */
  readonly labels?: string | undefined;
  /** The columns of file names and of classes. */
  readonly labelColumns?: readonly string[] | undefined;
  /** The pattern of file names with their class: see `labelFromName`. */
  readonly labelPattern?: string | undefined;
}

/** Pictures without class folders, and a table of their classes. */
export const labelsLayout: Layout = {
  name: "pictures and a table of labels",
  tree: "*.jpg or <folder>/*.jpg, labels.csv",
  recognize: async (folder, { classes } = {}) => {
    if (!await mayHaveTable(folder)) return undefined;
    const pictures = await indexPictures(folder);
    const tables = await findTables(folder, pictures);
    if (tables.length === 0 || sayTheSame(pictures, tables)) return undefined;
    await requireFlat(folder, tables, classes);
    return { root: folder, found: tables.map(({ file }) => file), missing: [] };
  },
  open: async (root, options) => {
    const pictures = await indexPictures(root);
    const tables = await findTables(root, pictures);
    return openTables(root, pictures, tables, options);
  },
};

/** Whether there is a table, so that listing all pictures is worth it. */
async function mayHaveTable(folder: string): Promise<boolean> {
  const folders = (await listFolders(folder)).slice(0, 20).map((name) => join(folder, name));
  const isFlat = (await listImages(folder)).length > 0;
  for (const each of [folder, ...folders, ...(isFlat ? [dirname(resolve(folder))] : [])]) {
    const { files } = await listFolder(each).catch(() => ({ files: [] }));
    if (files.some((name) => /\.[ct]sv$/i.test(name))) return true;
  }
  return false;
}

/** Whether the tables give each picture the name of its folder as its class. */
function sayTheSame(pictures: PictureIndex, tables: readonly ChosenTable[]): boolean {
  const { labels } = labelByTables(pictures, tables);
  return pictures.paths.every((path, index) =>
    labels[index] === undefined || path.split("/").at(-2) === labels[index]
  );
}

/** Makes sure that the folders of the pictures are not classes too. */
async function requireFlat(
  folder: string,
  tables: readonly ChosenTable[],
  classes: LayoutOptions["classes"],
): Promise<void> {
  const folders = (await listFolders(folder)).filter((name) => !isReservedName(name));
  const withImages = [];
  for (const name of folders.slice(0, 100)) {
    if ((await listImages(join(folder, name))).length > 0) withImages.push(name);
  }
  if (withImages.length < 2 || classes !== undefined && classes !== "all") return;
  throw new DataError(
    `The classes of ${folder} must be its folders or a table. Received: folders ${
      withImages.slice(0, 3).join(", ")
    }, and ${
      tables[0]!.file
    } with other classes. Give --labels for the table, or name the folders ` +
      "with --classes",
  );
}

/**
 * Opens pictures whose classes are in a table, or in their file names.
 *
 * @throws {DataError} If the table is missing or its columns cannot be told, or no picture has a class.
 * @throws {OptionError} If both are given, columns are given without a table, or the pattern is wrong.
 */
export async function openWithLabels(
  root: string,
  { labels, labelColumns, labelPattern, ...options }: LayoutOptions & LabelSource,
): Promise<OpenedDataset> {
  if (labelPattern !== undefined && labels !== undefined) {
    throw new OptionError(
      `labels and labelPattern must not be given together. Received: ${labels}, ${labelPattern}`,
    );
  }
  const pictures = await indexPictures(root);
  if (labelPattern !== undefined) {
    return labeledPictures(root, pictures, labelByPattern(pictures, labelPattern), options);
  }
  if (labels === undefined) {
    throw new OptionError(`labelColumns must be given with labels. Received: ${labelColumns}`);
  }
  const table = await namedTable(root, pictures, labels, labelColumns);
  return openTables(root, pictures, [table], options);
}

function openTables(
  root: string,
  pictures: PictureIndex,
  tables: readonly ChosenTable[],
  options: LayoutOptions,
): OpenedDataset {
  const opened = labeledPictures(root, pictures, labelByTables(pictures, tables), options);
  const read = tables.map(({ file }) => relative(root, file).replaceAll("\\", "/"));
  return { ...opened, otherFiles: { ...opened.otherFiles, read } };
}
