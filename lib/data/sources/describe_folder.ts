import { plural } from "../../display/format.ts";
import { dirname, join, resolve } from "@std/path";
import { folderName } from "../../files/folder_name.ts";
import { countKinds } from "../images/kinds.ts";
import { firstFive } from "./class_folders/class_folders.ts";
import { isReservedName, isSplitName } from "./class_folders/split_names.ts";
import { isFolder, isImage, listFolders } from "./folders.ts";
import { listFolder } from "./listing/list_folder.ts";
import { isHidden } from "./listing/walk.ts";

/** What is in a folder that is no data set. */
export interface Description {
  /** The folders and files, in a few words. */
  readonly found: string;
  /** What to do, if what was found says it. */
  readonly hint: string | undefined;
}

interface Content {
  readonly path: string;
  readonly name: string;
  readonly folders: readonly string[];
  readonly files: readonly string[];
  readonly images: number;
}

const archiveName = /\.(zip|tar|tgz|gz|bz2|xz|7z|rar|zst)$/i;
const arrays =
  /\.(npz|npy|parquet|arrow|h5|hdf5|mat|tfrec(?:ords?)?|lmdb|mdb|pkl|pickle|pt|rec|bin)$/i;
const table = /\.(csv|tsv|txt|json|xml|ya?ml)$/i;
const spreadsheet = /\.(xlsx?|ods|numbers)$/i;

/** Whether a file is an archive, by its name. */
export function isArchive(name: string): boolean {
  return archiveName.test(name);
}

/** Describes a folder in which no data set is recognized. */
export async function describeFolder(path: string): Promise<Description> {
  const own = await contentOf(path);
  const folders = await Promise.all(
    own.folders.slice(0, 100).map((name) => contentOf(join(path, name))),
  );
  return { found: foundIn(own, folders), hint: await hintFor(own, folders) };
}

async function contentOf(path: string): Promise<Content> {
  const content = await listFolder(path).catch(() => ({ folders: [], files: [] }));
  const files = content.files.filter((name) => !isHidden(name));
  return {
    path,
    name: folderName(path),
    folders: content.folders.filter((name) => !isHidden(name)),
    files,
    images: files.filter(isImage).length,
  };
}

function foundIn(own: Content, folders: readonly Content[]): string {
  const others = own.files.filter((name) => !isImage(name));
  const named = others.filter((name) =>
    isArchive(name) || arrays.test(name) || table.test(name) ||
    spreadsheet.test(name)
  );
  const inFolders = folders.map(({ name, images, folders: inner, files }) =>
    `${name} (${
      images > 0 || inner.length === 0
        ? images > 0 ? plural(images, "image") : countKinds(files) || "empty"
        : plural(inner.length, "folder")
    })`
  );
  const parts = [
    own.folders.length === 0 ? "no folders" : `folders ${firstFive(inFolders)}`,
    ...(own.images > 0 ? [plural(own.images, "image")] : []),
    ...(named.length > 0 ? [firstFive(named)] : []),
    ...(own.images === 0 && named.length < others.length
      ? [countKinds(others.filter((name) => !named.includes(name)))]
      : []),
  ];
  return parts.filter((part) => part !== "").join("; ");
}

async function hintFor(own: Content, folders: readonly Content[]): Promise<string | undefined> {
  const all = [own, ...folders];
  if (await hasBoxes(all)) {
    return "These look like labels of objects' boxes (object detection), which are not classes of images: " +
      "sort the images into a folder for each class, or, if the names of the files say it, give " +
      "--label-pattern, such as '{label}_#' for cat_1.jpg";
  }
  const packed = own.files.find((name) => isArchive(name));
  if (packed) return `${packed} is an archive: unpack it first`;
  const [first] = folders;
  const isInside = folders.length > 1 &&
    folders.every(({ folders: inner }) => inner.length > 0 && inner.every(isSplitName));
  if (first && isInside) {
    const [split] = first.folders;
    return `Classes must be in the folders of splits: ${split}/${first.name}, not ${first.name}/${split}`;
  }
  const flat = all.reduce((most, each) => each.images > most.images ? each : most, own);
  if (flat.images > 0) return await hintForFlat(own, flat, folders);
  const file = all.flatMap(({ files }) => files).find((name) => arrays.test(name));
  if (file) {
    return `${file} holds arrays of a layout that is not read: write them as image files, in a folder ` +
      "for each class";
  }
  const unread = countKinds(all.flatMap(({ files }) => files.filter((name) => !table.test(name))));
  return unread === "" ? undefined : `There are no images of a kind that is read, but ${unread}`;
}

/** What to do with images that lie in no class folder. */
async function hintForFlat(
  own: Content,
  flat: Content,
  folders: readonly Content[],
): Promise<string> {
  const tables = own.files.filter((name) => /\.[ct]sv$/i.test(name));
  const sheet = own.files.find((name) => spreadsheet.test(name));
  const name = tables[0] ?? (sheet === undefined ? "FILE" : `FILE (save ${sheet} as CSV)`);
  const labels = `If a table names their classes, give it with --labels ${name}` +
    (tables.length > 0 ? " and --label-columns FILE,LABEL" : "") +
    "; if the names of the files do, give --label-pattern, such as '{label}.#' for cat.0.jpg";
  const classes = folders.filter(({ images, name }) => images > 0 && !isReservedName(name));
  if (own.images === 0 && classes.length === 1) {
    return `${own.path} has a single class folder, ${
      classes[0]!.name
    }, and a data set must have two ` +
      `classes or more. Received: 1. ${labels}`;
  }
  const parent = dirname(resolve(own.path));
  const beside = flat === own && !isReservedName(own.name)
    ? (await listFolders(parent).catch(() => [])).filter((name) => !isReservedName(name))
    : [];
  const isClass = beside.length >= 2 && beside.length <= 1000;
  return `${flat.path} holds images and no class folders` +
    (isClass ? `; if it is itself a class, give ${parent}. ` : ". ") + labels;
}

/** Whether folders hold what object detection has: lists of boxes beside images. */
async function hasBoxes(all: readonly Content[]): Promise<boolean> {
  const names = all.flatMap(({ files }) => files);
  if (names.some((name) => /^instances_.*\.json$|\.coco\.json$|^data\.ya?ml$/i.test(name))) {
    return true;
  }
  for (const { path, name, files, folders } of all) {
    if (/^(labels?|annotations?)$/i.test(name) && await listsBoxes(path, files, folders)) {
      return true;
    }
    const inner = folders.find((each) => /^(labels?|annotations?)$/i.test(each));
    if (inner === undefined) continue;
    const content = await contentOf(join(path, inner));
    if (await listsBoxes(content.path, content.files, content.folders)) return true;
  }
  return false;
}

async function listsBoxes(
  path: string,
  files: readonly string[],
  folders: readonly string[],
): Promise<boolean> {
  if (files.some((name) => /\.(txt|xml|json)$/i.test(name))) return true;
  const [first] = folders;
  if (files.length > 0 || first === undefined || !await isFolder(join(path, first))) return false;
  return (await contentOf(join(path, first))).files.some((name) => /\.(txt|xml)$/i.test(name));
}
