import { join } from "@std/path";
import type { ClassLabel, Split } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { fileSplit } from "../file_split.ts";
import type { Layout } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { findPlace, type Parts } from "../places.ts";
import { readText } from "../read_file.ts";
import { unusedFiles } from "../unused_files.ts";

/** An image of a list. */
export interface ListedImage {
  /** Its path inside the data set. */
  readonly path: string;
  /** The id of its class. */
  readonly classId: string;
}

/** What the lists of a data set say. */
export interface Listed {
  readonly classes: readonly ClassLabel[];
  readonly train: readonly ListedImage[];
  readonly test: readonly ListedImage[];
}

/** A data set whose training and test images are told apart by lists. */
export interface ListedSet extends Parts {
  readonly name: string;
  /** The folder in the official archive. */
  readonly folder: string;
  /** Lists that are read where they are there. */
  readonly more?: readonly string[];
  /** Reads the lists. */
  read(root: string): Promise<Listed>;
}

/** Makes the layout of a data set with lists; validation images are held out of the training images by seed. */
export function listedLayout(set: ListedSet): Layout {
  const { name, needed, folder, more = [] } = set;
  return {
    name,
    tree: needed.join(", "),
    recognize: (given) => findPlace(given, ["", folder], set),
    open: async (root, options) => {
      const { classes, train, test } = await set.read(root);
      const labels = new Map(classes.map(({ id }, label) => [id, label]));
      const split = (images: readonly ListedImage[]): Split =>
        fileSplit(
          root,
          images.map(({ path, classId }) => ({ path, label: labels.get(classId)! }))
            .sort((one, other) => one.label - other.label),
        );
      const used = [...train, ...test].map(({ path }) => path).concat(needed, more);
      return officialSet({
        name: options.name,
        classes,
        train: split(train),
        test: split(test),
        unused: await unusedFiles(root, used),
      }, options);
    },
  };
}

/**
 * Reads the lines of a list that are not empty.
 *
 * @throws {DataError} If it is missing or has no lines.
 */
export async function readList(root: string, file: string): Promise<string[]> {
  const lines = (await readText(join(root, file))).split("\n").map((line) => line.trim());
  const full = lines.filter((line) => line !== "");
  if (full.length === 0) throw new DataError(`${join(root, file)} must have lines. Received: none`);
  return full;
}

/** The classes of images, sorted by id. */
export function classesOf(
  images: readonly ListedImage[],
  nameOf: (id: string) => string,
): ClassLabel[] {
  const ids = [...new Set(images.map(({ classId }) => classId))].sort();
  return ids.map((id) => ({ id, name: nameOf(id) }));
}
