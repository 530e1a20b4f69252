import { basename, join } from "@std/path";
import { listDir } from "../../../files/read.ts";
import { DataError } from "../../errors.ts";
import { isFolder } from "../folders.ts";
import { readText } from "../read_file.ts";
import { devkitPlaces } from "./meta_file.ts";
import { readSolution } from "./solution.ts";
import { wnidPattern } from "./synset_names.ts";
import { findCaffeNumbers, findImageNetNumbers, type SynsetNumbers } from "./synset_order.ts";

/** The classes of ImageNet's validation images that lie in one folder. */
export interface ValidationLabels {
  /** Returns the wnid of an image by its file name; `undefined` if it is not labeled. */
  wnidOf(image: string): string | undefined;
  /** The files that say it, as paths inside the data set. */
  readonly files: readonly string[];
  /** What had to be assumed, one line each. */
  readonly assumed: readonly string[];
}

/** Folders that hold the lists, inside the data set. */
const usualPlaces = [
  ...devkitPlaces,
  ...["caffe_ilsvrc12", "meta", "metadata", "labels"],
];

/** The lists that are understood, the surest one first. */
const kinds: readonly (readonly [RegExp, (list: List) => Promise<ValidationLabels>])[] = [
  [/^LOC_val_solution\.csv$/i, solutionLabels],
  [/validation_synset_labels\.txt$/i, synsetLabels],
  [
    /^(ILSVRC2012_|imagenet_|LOC_)?val(idation)?(_list|_map|_labels|_annotations)?\.txt$/i,
    namedLabels,
  ],
  [/^ILSVRC201\d_(clsloc_)?validation_ground_truth\.txt$/i, groundTruth],
];

interface List {
  readonly root: string;
  /** The list's path inside `root`. */
  readonly file: string;
  /** The folders that may hold other lists. */
  readonly places: readonly string[];
  /** The training folders, sorted. */
  readonly wnids: readonly string[];
}

/**
 * Finds the classes of validation images that are not in class folders: Kaggle's `LOC_val_solution.csv`,
 * Caffe's `val.txt`, a list of wnids in the order of the images, or the development kit's
 * `ILSVRC2012_validation_ground_truth.txt` with the numbers that belong to it.
 *
 * @param inside The folder of the validation images, inside `root`.
 * @param wnids The training folders, sorted.
 * @returns `undefined` if there is no list.
 * @throws {DataError} If a list is malformed, or its numbers have no known meaning.
 */
export async function findValidationLabels(
  root: string,
  inside: string,
  wnids: readonly string[],
): Promise<ValidationLabels | undefined> {
  const places = [...usualPlaces, inside];
  const there: string[] = [];
  for (const place of places) {
    const names = await isFolder(join(root, place)) ? await listDir(join(root, place)) : [];
    there.push(...names.sort().map((name) => place === "" ? name : `${place}/${name}`));
  }
  for (const [pattern, read] of kinds) {
    const file = there.find((path) => pattern.test(basename(path)));
    if (file !== undefined) return await read({ root, file, places, wnids });
  }
  return undefined;
}

async function solutionLabels({ root, file }: List): Promise<ValidationLabels> {
  const solution = await readSolution(join(root, file));
  return {
    wnidOf: (image) => solution.get(image.replace(/\.\w+$/, "")),
    files: [file],
    assumed: [],
  };
}

/** A wnid for each image, in the order of the images' numbers. */
async function synsetLabels({ root, file }: List): Promise<ValidationLabels> {
  const wnids = await readLines(root, file);
  const wrong = wnids.findIndex((id) => !wnidPattern.test(id));
  if (wrong >= 0) malformed(root, file, wrong, "a line must be a wnid", wnids[wrong]!);
  return { wnidOf: (image) => wnids[numberOf(image) - 1], files: [file], assumed: [] };
}

/** Caffe's `val.txt`: on each line an image and its class, a number or a wnid. */
async function namedLabels(list: List): Promise<ValidationLabels> {
  const { root, file, places, wnids } = list;
  const lines = (await readLines(root, file)).map((line) => line.split(/[\s,]+/));
  let numbers: SynsetNumbers | undefined;
  const labels = new Map<string, string>();
  for (const [index, [path = "", label = ""]] of lines.entries()) {
    let wnid: string | undefined = label;
    if (/^\d+$/.test(label)) {
      numbers ??= await findCaffeNumbers(root, places, wnids);
      wnid = numbers.wnids.get(Number(label));
    }
    if (wnid === undefined || !wnidPattern.test(wnid)) {
      const allowed = "a line must be an image and its class, a wnid or a number of " +
        (numbers ? `0 to ${numbers.wnids.size - 1} (${numbers.source})` : "Caffe's");
      malformed(root, file, index, allowed, `${path} ${label}`);
    }
    labels.set(withoutExtension(basename(path)), wnid);
  }
  return {
    wnidOf: (image) => labels.get(withoutExtension(image)),
    files: [file, ...(numbers?.file === undefined ? [] : [numbers.file])],
    assumed: numbers && numbers.file === undefined
      ? [`The numbers in ${file} are taken for positions among ${numbers.source}`]
      : [],
  };
}

/** The development kit's labels: numbers in the order of the images' numbers. */
async function groundTruth({ root, file, places }: List): Promise<ValidationLabels> {
  const numbers = await findImageNetNumbers(root, places);
  if (!numbers) {
    throw new DataError(
      `${
        join(root, file)
      } numbers the classes by ILSVRC2012_ID, which is not the order of their wnids: ` +
        "put meta.mat or map_clsloc.txt of the development kit beside it, or LOC_val_solution.csv of Kaggle into " +
        `${root}, or sort the images into class folders with valprep.sh`,
    );
  }
  const lines = await readLines(root, file);
  const wrong = lines.findIndex((line) => !numbers.wnids.has(Number(line)));
  if (wrong >= 0) {
    malformed(root, file, wrong, `a line must be a number of ${numbers.source}`, lines[wrong]!);
  }
  return {
    wnidOf: (image) => numbers.wnids.get(Number(lines[numberOf(image) - 1])),
    files: [file, ...(numbers.file === undefined ? [] : [numbers.file])],
    assumed: [],
  };
}

/** The number of an image such as `ILSVRC2012_val_00000001.JPEG`. */
function numberOf(image: string): number {
  return Number(/_(\d{8})\.\w+$/.exec(image)?.[1]);
}

function withoutExtension(name: string): string {
  return name.replace(/\.\w+$/, "");
}

async function readLines(root: string, file: string): Promise<string[]> {
  return (await readText(join(root, file))).trimEnd().split("\n").map((line) => line.trim());
}

function malformed(root: string, file: string, line: number, must: string, is: string): never {
  throw new DataError(
    `${join(root, file)}, line ${line + 1}: ${must}. Received: ${is.slice(0, 80)}`,
  );
}
