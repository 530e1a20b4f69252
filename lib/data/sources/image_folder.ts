import { basename, resolve } from "@std/path";
import { className } from "./class_names.ts";
import type { Dataset } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { fileSplit, type LabelledFile } from "./file_split.ts";
import { listClassImages, listFolders } from "./folders.ts";
import { withoutValidation } from "./imagenette.ts";
import { randomStream, shuffle } from "../../random/stream.ts";
import { type ClassSelection, selectClasses } from "../select_classes.ts";

/** How {@linkcode imageFolder} reads a folder of class folders. */
export interface ImageFolderOptions {
  readonly classes?: ClassSelection;
  /** Decides which images become validation images; 1 by default. */
  readonly seed?: number;
  /** The part of every class's images that validates, from 0 to less than 1; 0.2 by default. */
  readonly validationFraction?: number;
}

/**
 * A data set of class folders alone, `<class>/*.jpg`, split by seed into training and validation
 * images. The split is stratified, and drawn for each class alone: adding a class leaves the others'
 * as they are.
 *
 * @throws {DataError} For a missing folder, a class without images, or an unknown class.
 */
export async function imageFolder(
  root: string,
  options: ImageFolderOptions = {},
): Promise<Dataset> {
  const { seed = 1, validationFraction = 0.2 } = options;
  if (!(validationFraction >= 0 && validationFraction < 1)) {
    throw new DataError(
      `validationFraction must be 0 or more and less than 1. Received: ${validationFraction}`,
    );
  }
  const available = (await listFolders(root)).map((id) => ({ id, name: className(id) }));
  const classes = selectClasses(available, options.classes);
  const files = await listClassImages(root, "", classes.map(({ id }) => id));
  const train: LabelledFile[] = [];
  const validation: LabelledFile[] = [];
  const warnings: string[] = [];
  for (const [label, { id }] of classes.entries()) {
    const own = files.filter((file) => file.label === label);
    const chosen = choose(own.length, validationFraction, seed, id);
    if (chosen.size === 0) warnings.push(withoutValidation(id));
    own.forEach((file, index) => (chosen.has(index) ? validation : train).push(file));
  }
  return {
    name: basename(resolve(root)),
    classes,
    train: fileSplit(root, train),
    validation: fileSplit(root, validation),
    warnings,
  };
}

/** Chooses a class's validation images: a share of them, but one at least and never all. */
function choose(length: number, fraction: number, seed: number, classId: string): Set<number> {
  const wanted = fraction === 0 ? 0 : Math.max(1, Math.round(length * fraction));
  const indices = Uint32Array.from({ length }, (_, index) => index);
  shuffle(indices, randomStream("validation", seed, classId));
  return new Set(indices.subarray(0, Math.min(wanted, length - 1)));
}
