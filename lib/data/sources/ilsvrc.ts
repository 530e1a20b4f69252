import { basename, dirname, join, resolve } from "@std/path";
import type { ClassLabel, Dataset } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { type ClassSelection, selectClasses } from "../subset.ts";
import { articleClasses, className } from "./class_names.ts";
import { fileSplit, type LabeledFile } from "./file_split.ts";
import { isFile, isFolder, listClassImages, listFolders, listImages } from "./folders.ts";
import { listValidation, noValidationImages } from "./imagenette.ts";
import type { Layout } from "./layout.ts";
import { readText } from "./read_file.ts";

const images = "ILSVRC/Data/CLS-LOC";
const solutionFile = "LOC_val_solution.csv";
const namesFile = "LOC_synset_mapping.txt";
const wnid = /^n\d{8}$/;

/** ImageNet as Kaggle's archive holds it. */
export const ilsvrcLayout: Layout = {
  name: "ImageNet, Kaggle's ILSVRC",
  tree: "ILSVRC/Data/CLS-LOC/train/<wnid>/, ILSVRC/Data/CLS-LOC/val/, LOC_val_solution.csv, " +
    "LOC_synset_mapping.txt",
  recognize: async (folder) => {
    const root = await findIlsvrcRoot(folder);
    return root === undefined ? undefined : { root, found: [`${images}/train`], missing: [] };
  },
  open: (root, { classes }) => ilsvrc(root, classes === undefined ? {} : { classes }),
};

/**
 * Finds the root of a Kaggle ILSVRC download from its folder or one inside it (`ILSVRC`, `ILSVRC/Data`,
 * `ILSVRC/Data/CLS-LOC`); returns `undefined` if the folder has another layout.
 */
export async function findIlsvrcRoot(folder: string): Promise<string | undefined> {
  let root = resolve(folder);
  for (const part of ["CLS-LOC", "Data", "ILSVRC"]) {
    if (basename(root) === part) root = dirname(root);
  }
  return await isFolder(join(root, images, "train")) ? root : undefined;
}

/**
 * Opens ImageNet in Kaggle's layout: training images in `ILSVRC/Data/CLS-LOC/train/<wnid>`, class names
 * in `LOC_synset_mapping.txt`, validation images in `val`, either flat and labeled by
 * `LOC_val_solution.csv` or, as many users rearrange them, in class folders.
 *
 * @param root The folder that holds `ILSVRC`.
 * @param options.classes The classes to take. By default the article's ten, in its order, if all of
 *   them exist; otherwise every class.
 * @throws {DataError} If a file or folder is missing or malformed, a class has no training images, or a
 *   class is unknown.
 */
export async function ilsvrc(
  root: string,
  options: { readonly classes?: ClassSelection } = {},
): Promise<Dataset> {
  const available = await readClasses(root);
  const classes = selectClasses(available, options.classes ?? defaultClasses(available));
  const train = await listClassImages(root, `${images}/train`, classes.map(({ id }) => id));
  const { files, warnings } = await findValidation(root, classes);
  return {
    name: basename(resolve(root)),
    classes,
    train: fileSplit(root, train),
    validation: fileSplit(root, files),
    warnings,
  };
}

async function readClasses(root: string): Promise<ClassLabel[]> {
  const folders = await listFolders(join(root, images, "train"));
  const names = await readNames(join(root, namesFile));
  return folders.filter((id) => wnid.test(id))
    .map((id) => ({ id, name: names.get(id) ?? className(id) }));
}

/** Reads lines like `n01440764 tench, Tinca tinca` and keeps the first name of each. */
async function readNames(file: string): Promise<Map<string, string>> {
  if (!await isFile(file)) return new Map();
  const lines = (await readText(file)).split("\n");
  return new Map(lines.flatMap((line): [string, string][] => {
    const [, id, name] = /^(n\d{8}) ([^,]+)/.exec(line.trim()) ?? [];
    return id && name ? [[id, name]] : [];
  }));
}

function defaultClasses(available: readonly ClassLabel[]): ClassSelection {
  const ids = new Set(available.map(({ id }) => id));
  const article = articleClasses.map(({ id }) => id);
  return article.every((id) => ids.has(id)) ? article : "all";
}

async function findValidation(
  root: string,
  classes: readonly ClassLabel[],
): Promise<{ files: LabeledFile[]; warnings: string[] }> {
  const folder = join(root, images, "val");
  if (!await isFolder(folder)) {
    return { files: [], warnings: [`No validation images: ${folder} is missing`] };
  }
  if ((await listFolders(folder)).some((name) => wnid.test(name))) {
    return await listValidation(root, `${images}/val`, classes);
  }
  const solution = await readSolution(join(root, solutionFile));
  const labels = new Map(classes.map(({ id }, label) => [id, label]));
  const files: LabeledFile[] = [];
  for (const image of await listImages(folder)) {
    const label = labels.get(solution.get(image.replace(/\.\w+$/, "")) ?? "");
    if (label !== undefined) files.push({ path: `${images}/val/${image}`, label });
  }
  files.sort((one, other) => one.label - other.label);
  const seen = new Set(files.map(({ label }) => label));
  const missing = classes.filter((_, label) => !seen.has(label));
  return { files, warnings: missing.map(({ id }) => noValidationImages(id)) };
}

/** Reads the class of each validation image, which is the first word of its prediction string. */
async function readSolution(file: string): Promise<Map<string, string>> {
  if (!await isFile(file)) {
    throw new DataError(`The labels of the validation images are missing: ${file}`);
  }
  const [text, { parse }] = await Promise.all([
    readText(file),
    import("csv-parse/sync"),
  ]);
  try {
    const rows: Record<string, string>[] = parse(text, { columns: true, bom: true });
    return new Map(rows.map((row) => {
      const [id] = (row["PredictionString"] ?? "").trim().split(/\s+/);
      if (!row["ImageId"] || !id || !wnid.test(id)) {
        throw new Error(`a row must name an image and its wnid. Received: ${JSON.stringify(row)}`);
      }
      return [row["ImageId"], id];
    }));
  } catch (error) {
    throw new DataError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
