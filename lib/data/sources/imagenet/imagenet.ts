import { join } from "@std/path";
import type { ClassLabel, Dataset } from "../../dataset.ts";
import { fractionUnused } from "../../hold_out.ts";
import { subsetClasses } from "../../subset.ts";
import { type ClassImages, listSplitClasses } from "../class_folders/split_classes.ts";
import { chain } from "../file_list.ts";
import { fileSplit } from "../file_split.ts";
import { listClassImages, listFolders, listImages } from "../folders.ts";
import type { Layout, LayoutOptions, Recognition } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { unusedFiles } from "../unused_files.ts";
import { readSynsetNames, synsetClasses } from "./synset_names.ts";
import { findValidation, listWnids } from "./validation.ts";

/** ImageNet as its own archives are unpacked, and as `valprep.sh` rearranges it. */
export const imagenetLayout: Layout = {
  name: "ImageNet, unpacked",
  tree: "train/<wnid>/ (or ILSVRC2012_img_train/), val/*.JPEG (or ILSVRC2012_img_val/) with " +
    "LOC_val_solution.csv, val.txt or ILSVRC2012_validation_ground_truth.txt, or val/<wnid>/",
  recognize,
  open: imagenet,
};

const splitNames = {
  train: /^(ilsvrc2012_img_)?(train|training)$/i,
  validation: /^(ilsvrc2012_img_)?(val|valid|validation)$/i,
  test: /^(ilsvrc2012_img_)?(test|testing)(_v\d+)?$/i,
};

/** The folders of the splits, as paths inside the data set. */
type SplitFolders = { readonly [split in keyof typeof splitNames]: string | undefined };

async function findSplitFolders(root: string): Promise<SplitFolders> {
  const folders = await listFolders(root);
  const find = (pattern: RegExp): string | undefined => folders.find((name) => pattern.test(name));
  return {
    train: find(splitNames.train),
    validation: find(splitNames.validation),
    test: find(splitNames.test),
  };
}

/** Any data set may have folders of wnids: the official names, a list of names or flat images must be there too. */
async function recognize(root: string): Promise<Recognition | undefined> {
  const { train, validation } = await findSplitFolders(root);
  const official = [train, validation].filter((folder) => folder?.startsWith("ILSVRC2012_img_"));
  if (train === undefined) {
    if (official.length === 0) return undefined;
    return { root, found: official.map((folder) => `${folder}/`), missing: ["train/<wnid>/"] };
  }
  const wnids = await listWnids(root, train);
  const { file } = await readSynsetNames(root);
  if (wnids.length === 0) {
    if (!await hasArchives(join(root, train))) return undefined;
    return { root, found: [`${train}/`], missing: [`${train}/<wnid>/ (its .tar files, unpacked)`] };
  }
  const isFlat = validation !== undefined && (await listWnids(root, validation)).length === 0 &&
    (await listImages(join(root, validation))).length > 0;
  if (official.length === 0 && !isFlat && file === undefined) return undefined;
  return { root, found: [`${train}/<wnid>/`], missing: [] };
}

async function hasArchives(folder: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(folder)) if (/^n\d{8}\.tar$/.test(name)) return true;
  return false;
}

async function imagenet(root: string, options: LayoutOptions): Promise<Dataset> {
  const folders = await findSplitFolders(root);
  const { train: inside = "train" } = folders;
  const wnids = await listWnids(root, inside);
  const names = await readSynsetNames(root);
  const classes = synsetClasses(wnids, names);
  const train = await listClassImages(root, inside, wnids);
  const validation = folders.validation === undefined
    ? undefined
    : await findValidation(root, folders.validation, classes, wnids);
  const test = await findTest(root, folders.test, classes);
  const others = new Set(validation?.ofOtherClasses);
  const used = chain(
    train.paths(),
    [...validation?.files ?? [], ...test?.files ?? []].map(({ path }) => path),
    names.file === undefined ? [] : [names.file],
    validation?.lists ?? [],
  );
  const parts = {
    name: options.name,
    classes,
    train: fileSplit(root, train),
    ...(test ? { test: fileSplit(root, test.files) } : {}),
    warnings: [...validation?.warnings ?? [], ...test?.warnings ?? []],
    unused: await unusedFiles(root, used, (path) => {
      if (folders.test !== undefined && path.startsWith(`${folders.test}/`)) {
        return "test images without labels";
      }
      return others.has(path) ? "validation images of classes without training images" : undefined;
    }),
  };
  if (!validation) return officialSet(parts, options);
  const dataset = {
    ...parts,
    validation: fileSplit(root, validation.files),
    warnings: [
      ...parts.warnings,
      ...fractionUnused(options.validationFraction, folders.validation ?? ""),
    ],
  };
  return subsetClasses(dataset, options.classes ?? "all");
}

/** Test images count if they are in class folders; the official ones have no labels. */
async function findTest(
  root: string,
  inside: string | undefined,
  classes: readonly ClassLabel[],
): Promise<ClassImages | undefined> {
  if (inside === undefined || (await listWnids(root, inside)).length === 0) return undefined;
  return await listSplitClasses(root, inside, classes, { split: "test", available: classes });
}
