import { join } from "@std/path";
import type { Dataset } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { subsetClasses } from "../../subset.ts";
import { fileSplit, type LabeledFile } from "../file_split.ts";
import { isFile, isFolder, listFolders, listImages } from "../folders.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { readText } from "../read_file.ts";
import { unusedFiles } from "../unused_files.ts";
import { readSynsetNames, synsetClasses } from "./synset_names.ts";
import { absentClasses, listWnids } from "./validation.ts";

const annotations = "val/val_annotations.txt";

/** Tiny ImageNet: 200 classes of 64 × 64 images, as it is unpacked or with its images rearranged. */
export const tinyImagenetLayout: Layout = {
  name: "Tiny ImageNet",
  tree:
    "train/<wnid>/images/, val/images/ with val/val_annotations.txt (or val/<wnid>/), wnids.txt, " +
    "words.txt",
  recognize: async (folder) => {
    for (const root of [folder, join(folder, "tiny-imagenet-200")]) {
      if (!await isFolder(join(root, "train"))) continue;
      const [first] = await listWnids(root, "train");
      if (first === undefined) continue;
      const inImages = await isFolder(join(root, "train", first, "images"));
      if (!inImages && !await isFile(join(root, annotations))) continue;
      return { root, found: ["train/<wnid>/images/"], missing: [] };
    }
    return undefined;
  },
  open: tinyImagenet,
};

async function tinyImagenet(root: string, options: LayoutOptions): Promise<Dataset> {
  const wnids = await listWnids(root, "train");
  const names = await readSynsetNames(root);
  const train = await listSplit(root, "train", wnids);
  const empty = wnids.find((_, label) => !train.some((file) => file.label === label));
  if (empty !== undefined) {
    throw new DataError(`The class folder ${join(root, "train", empty)} holds no images`);
  }
  const validation = await isFolder(join(root, "val")) ? await findValidation(root, wnids) : [];
  const test = await isFolder(join(root, "test")) ? await listSplit(root, "test", wnids) : [];
  const used = [...train, ...validation, ...test].map(({ path }) => path);
  const lists = [annotations, "wnids.txt", ...(names.file === undefined ? [] : [names.file])];
  const parts = {
    name: options.name,
    classes: synsetClasses(wnids, names),
    train: fileSplit(root, train),
    ...(test.length > 0 ? { test: fileSplit(root, test) } : {}),
    unused: await unusedFiles(root, [...used, ...lists], reasonOf),
  };
  if (validation.length === 0) return officialSet(parts, options);
  const dataset = {
    ...parts,
    validation: fileSplit(root, validation),
    warnings: absentClasses(validation, wnids),
  };
  return subsetClasses(dataset, options.classes ?? "all");
}

function reasonOf(path: string): string | undefined {
  if (path.endsWith("_boxes.txt")) return "bounding boxes";
  return path.startsWith("test/images/") ? "test images without labels" : undefined;
}

/** Lists the images of class folders and of the folders `images` in them. */
async function listSplit(
  root: string,
  inside: string,
  wnids: readonly string[],
): Promise<LabeledFile[]> {
  const files: LabeledFile[] = [];
  for (const [label, id] of wnids.entries()) {
    for (const folder of [`${inside}/${id}`, `${inside}/${id}/images`]) {
      if (!await isFolder(join(root, folder))) continue;
      for (const image of await listImages(join(root, folder))) {
        files.push({ path: `${folder}/${image}`, label });
      }
    }
  }
  return files;
}

/** Finds the validation images in class folders, or in one folder with a list of their classes. */
async function findValidation(root: string, wnids: readonly string[]): Promise<LabeledFile[]> {
  const sorted = await listSplit(root, "val", wnids);
  if (sorted.length > 0) return sorted;
  const file = join(root, annotations);
  if (!await isFile(file)) {
    throw new DataError(
      `The labels of the validation images are missing: ${file}, or the class folders in its place. ` +
        `Received: ${
          (await listFolders(join(root, "val"))).slice(0, 5).join(", ") || "no folders"
        }`,
    );
  }
  const classOf = await readAnnotations(file);
  const labels = new Map(wnids.map((id, label) => [id, label]));
  const files: LabeledFile[] = [];
  for (const folder of ["val/images", "val"]) {
    if (!await isFolder(join(root, folder))) continue;
    for (const image of await listImages(join(root, folder))) {
      const label = labels.get(classOf.get(image) ?? "");
      if (label !== undefined) files.push({ path: `${folder}/${image}`, label });
    }
  }
  if (files.length === 0) {
    throw new DataError(`${file} must label the images in ${join(root, "val/images")}`);
  }
  return files.sort((one, other) => one.label - other.label);
}

/** Reads lines of an image, its wnid and its box, with tabs between. */
async function readAnnotations(file: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readText(file)).split("\n").filter((line) => line.trim() !== "");
  return new Map(lines.map((line, index): [string, string] => {
    const [, image, wnid] = /^(\S+)\s+(n\d{8})(?:\s|$)/.exec(line) ?? [];
    if (image && wnid) return [image, wnid];
    throw new DataError(
      `${file}, line ${index + 1}: must be an image and its wnid. Received: ${line.slice(0, 80)}`,
    );
  }));
}
