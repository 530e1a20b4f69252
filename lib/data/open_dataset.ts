import { showAs } from "../display/bundle.ts";
import { OptionError } from "../errors.ts";
import { folderName } from "../files/folder_name.ts";
import type { Dataset } from "./dataset.ts";
import { datasetBundle } from "./dataset_bundle.ts";
import { articleName, openArticle } from "./downloads/article/article.ts";
import { downloadableSets, setPaths } from "./downloads/downloads.ts";
import { DataError } from "./errors.ts";
import { isFile, isFolder } from "./sources/folders.ts";
import type { RecognizeOptions } from "./sources/layout.ts";
import { openWithLabels } from "./sources/labels/labels_layout.ts";
import { isArchive } from "./sources/describe_folder.ts";
import { recognize } from "./sources/recognize.ts";
import { withUnused } from "./sources/account_files.ts";
import { type ClassSelection, subsetClasses, subsetPerClass } from "./subset.ts";
import { commandPrefix } from "../command_line.ts";

/** How {@linkcode loadDataset} reads a data set. */
export interface LoadOptions {
  /** The classes to take, in this order. By default all; of ImageNet the article's ten, see `ilsvrc`. */
  readonly classes?: ClassSelection;
  /** The seed of drawn10's images and of the split of plain class folders; 1 by default. */
  readonly seed?: number;
  /**
   * The fraction of the training images that is held out for validation where a data set has no validation
   * images; by default 0.2, and 0.1 of official sets.
   */
  readonly validationFraction?: number;
  /** A CSV or TSV file with the classes of the pictures in a folder, a row for each. */
  readonly labels?: string;
  /** The columns of file names and of classes in `labels`; by default they are recognized. */
  readonly labelColumns?: readonly string[];
  /** The pattern of file names that hold their class, such as `{label}.#` for `cat.0.jpg`. */
  readonly labelPattern?: string;
  /** Takes only the first images of each class for training, this many; all by default. */
  readonly perClass?: number;
  /** The folder with the downloaded data sets; `data` by default. */
  readonly root?: string;
}

/** The names that {@linkcode loadDataset} accepts. */
export const datasetNames: readonly string[] = [
  "drawn10",
  ...downloadableSets.map(({ name }) => name),
  articleName,
];

/**
 * Opens a data set by name or by path. The layout of a path is recognized by its content;
 * `data/README.md` lists the layouts. Without validation images, a part of the training images is held out
 * by seed. Images are decoded later, when they are used.
 *
 * @throws {DataError} If the data set is unknown, not downloaded yet or incomplete, or has fewer than
 *   two classes.
 * @throws {OptionError} If `perClass` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { loadDataset } from "vgg/data";
 *
 * const { train, validation, classes } = await loadDataset("drawn10", { seed: 7 });
 * ```
 */
export async function loadDataset(nameOrPath: string, options: LoadOptions = {}): Promise<Dataset> {
  const dataset = await open(nameOrPath, options, {});
  if (dataset.classes.length >= 2) return dataset;
  throw new DataError(
    `A data set must have two classes or more. Received: ${dataset.classes.length} in ${nameOrPath}`,
  );
}

/** Opens a data set like {@linkcode loadDataset}, also one with a single class, for evaluations. */
export async function openAnyDataset(
  nameOrPath: string,
  options: LoadOptions = {},
): Promise<Dataset> {
  return await open(nameOrPath, options, { oneClass: true });
}

async function open(
  nameOrPath: string,
  options: LoadOptions,
  recognition: RecognizeOptions,
): Promise<Dataset> {
  const dataset = datasetNames.includes(nameOrPath)
    ? await loadNamed(nameOrPath, options)
    : await loadPath(nameOrPath, options, recognition);
  const { perClass } = options;
  const result = perClass === undefined ? dataset : firstOfEach(dataset, perClass);
  return showAs(result, datasetBundle);
}

/** Takes the first images of each class for training, and counts the others as unused. */
function firstOfEach(dataset: Dataset, perClass: number): Dataset {
  const few = subsetPerClass(dataset, { train: perClass });
  const { unused } = dataset;
  const count = dataset.train.length - few.train.length;
  if (unused === undefined || count === 0) return few;
  const reason = `pictures after the first ${perClass} of their class`;
  const kept = new Set(
    Array.from({ length: few.train.length }, (_, index) => few.train.path(index)),
  );
  const examples = Array.from(dataset.train.labels.keys(), (index) => dataset.train.path(index))
    .filter((path) => !kept.has(path)).slice(0, 100);
  return { ...few, unused: [...unused, { reason, count, examples }] };
}

async function loadNamed(name: string, options: LoadOptions): Promise<Dataset> {
  if (name === "drawn10") {
    const { labels, labelColumns, labelPattern } = options;
    const given = labels ?? labelColumns ?? labelPattern;
    if (given !== undefined) {
      throw new OptionError(
        `labels must be given with a folder of images. Received: ${given}, ${name}`,
      );
    }
    // Imported on first use because it loads a drawing library.
    const { drawn10 } = await import("./drawn10/mod.ts");
    const dataset = drawn10(options.seed === undefined ? {} : { seed: options.seed });
    return subsetClasses(dataset, options.classes ?? "all");
  }
  if (name === articleName) {
    const { folder, classes, warnings } = await openArticle(options.root ?? "data");
    const chosen = options.classes ?? "all";
    const opened = await loadPath(folder, {
      ...options,
      classes: chosen === "all" ? classes : chosen,
    });
    return { ...opened, name, warnings: [...warnings, ...opened.warnings] };
  }
  const set = downloadableSets.find((candidate) => candidate.name === name);
  if (!set) throw new DataError(`data set must be ${datasetNames.join(", ")}. Received: ${name}`);
  const { folder } = setPaths(set, options.root ?? "data");
  if (!await isFolder(folder)) {
    throw new DataError(
      `${name} is not in ${folder} yet; get it with: ${commandPrefix} data ${name}`,
    );
  }
  return { ...await loadPath(folder, options), name };
}

async function loadPath(
  path: string,
  options: LoadOptions,
  recognition: RecognizeOptions = {},
): Promise<Dataset> {
  await requireFolder(path);
  const { classes, seed, validationFraction, labels, labelColumns, labelPattern } = options;
  const layoutOptions = { name: folderName(path), classes, seed, validationFraction };
  const source = { labels, labelColumns, labelPattern };
  if (Object.values(source).some((value) => value !== undefined)) {
    return await withUnused(
      await openWithLabels(path, { ...layoutOptions, ...source }),
      path,
      path,
    );
  }
  const { layout, root, folder } = await recognize(path, { ...recognition, classes });
  const opened = await layout.open(root, layoutOptions);
  const dataset = await withUnused(opened, root, path);
  if (folder === path) return dataset;
  return { ...dataset, warnings: [`The data set is that of ${folder}`, ...dataset.warnings] };
}

async function requireFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  if (await isFile(path)) {
    throw new DataError(
      `A data set must be a folder (data/README.md shows the layouts). Received: the file ${path}` +
        (isArchive(path) ? ", an archive: unpack it first" : ""),
    );
  }
  throw new DataError(
    `data must be ${datasetNames.join(", ")} or an existing folder. Received: ${path}`,
  );
}
