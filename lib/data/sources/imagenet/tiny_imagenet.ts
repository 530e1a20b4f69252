import { join } from "@std/path";
import type { ClassLabel, Dataset } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { fractionUnused } from "../../hold_out.ts";
import { subsetClasses } from "../../subset.ts";
import { type ClassImages, listSplitClasses, noImagesOf } from "../class_folders/split_classes.ts";
import { chain, type LabeledFile } from "../file_list.ts";
import { fileSplit } from "../file_split.ts";
import { isFile, isFolder, listClassImages, listImagesBelow } from "../folders.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { readText } from "../read_file.ts";
import { unusedFiles } from "../unused_files.ts";
import { readSynsetNames, synsetClasses } from "./synset_names.ts";
import { listWnids } from "./validation.ts";

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
  const classes = synsetClasses(wnids, names);
  const train = await listClassImages(root, "train", wnids);
  const [validation, test] = await Promise.all(
    (["val", "test"] as const).map((inside) => findImages(root, inside, classes)),
  );
  const others = [...validation?.files ?? [], ...test?.files ?? []].map(({ path }) => path);
  const lists = [annotations, "wnids.txt", ...(names.file === undefined ? [] : [names.file])];
  const parts = {
    name: options.name,
    classes,
    train: fileSplit(root, train),
    ...(test ? { test: fileSplit(root, test.files) } : {}),
    warnings: [...validation?.warnings ?? [], ...test?.warnings ?? []],
    unused: await unusedFiles(root, chain(train.paths(), others, lists), reasonOf),
  };
  if (!validation) return officialSet(parts, options);
  const dataset = {
    ...parts,
    validation: fileSplit(root, validation.files),
    warnings: [...parts.warnings, ...fractionUnused(options.validationFraction, "val")],
  };
  return subsetClasses(dataset, options.classes ?? "all");
}

function reasonOf(path: string): string | undefined {
  if (path.endsWith("_boxes.txt")) return "bounding boxes";
  return path.startsWith("test/images/") ? "test images without labels" : undefined;
}

type Found = Pick<ClassImages, "files" | "warnings">;

/**
 * Finds the validation or the test images, in class folders or in one folder. As they are unpacked, only
 * the validation images have labels.
 */
async function findImages(
  root: string,
  inside: "val" | "test",
  classes: readonly ClassLabel[],
): Promise<Found | undefined> {
  if (!await isFolder(join(root, inside))) return undefined;
  if ((await listWnids(root, inside)).length > 0) {
    const split = inside === "val" ? "validation" : "test";
    return await listSplitClasses(root, inside, classes, { split, available: classes });
  }
  return inside === "val" ? await readValidation(root, classes) : undefined;
}

async function readValidation(root: string, classes: readonly ClassLabel[]): Promise<Found> {
  const file = join(root, annotations);
  if (!await isFile(file)) {
    throw new DataError(
      `The labels of the validation images are missing: ${file}, or class folders in its place`,
    );
  }
  const classOf = await readAnnotations(file);
  const labels = new Map(classes.map(({ id }, label) => [id, label]));
  const files: LabeledFile[] = [];
  for (const image of await listImagesBelow(join(root, "val"))) {
    const label = labels.get(classOf.get(image.split("/").at(-1)!) ?? "");
    if (label !== undefined) files.push({ path: `val/${image}`, label });
  }
  if (files.length === 0) {
    throw new DataError(`${file} must label the images in ${join(root, "val/images")}`);
  }
  const labeled = new Set(files.map(({ label }) => label));
  const absent = classes.filter((_, label) => !labeled.has(label)).map(({ id }) => id);
  return {
    files: files.sort((one, other) => one.label - other.label),
    warnings: noImagesOf(absent, "validation"),
  };
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
