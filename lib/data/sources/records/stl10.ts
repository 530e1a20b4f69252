import { join } from "@std/path";
import { readAt } from "../../../files/read.ts";
import { BrokenImageError, type Dataset, type Image } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import type { Layout, LayoutOptions } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { findPlace } from "../places.ts";
import { readBytes, readText } from "../read_file.ts";
import { unusedFiles } from "../unused_files.ts";
import { interleave, type RecordFile, recordSplit } from "./record_split.ts";

const side = 96;
const imageBytes = 3 * side ** 2;
const files = ["train_X.bin", "train_y.bin", "test_X.bin", "test_y.bin", "class_names.txt"];

/** STL-10's binary files. */
export const stl10Layout: Layout = {
  name: "STL-10, binary",
  tree: files.join(", "),
  recognize: (folder) => findPlace(folder, ["", "stl10_binary"], { needed: files }),
  open: stl10,
};

async function stl10(root: string, options: LayoutOptions): Promise<Dataset> {
  const classes = (await readText(join(root, "class_names.txt"))).split("\n")
    .map((line) => line.trim()).filter((line) => line !== "")
    .map((name) => ({ id: name, name }));
  const train = recordSplit([await openPart(root, "train", classes.length)]);
  const test = recordSplit([await openPart(root, "test", classes.length)]);
  const unused = await unusedFiles(root, files, (path) => reasons[path]);
  return officialSet(
    { name: options.name, imageSize: side, classes, train, test, unused },
    options,
  );
}

const reasons: Readonly<Record<string, string>> = {
  "unlabeled_X.bin": "images without labels",
  "fold_indices.txt": "the ten folds of the training images, which are not used",
};

/** Opens the images and labels of a part. Images are read from the file when they are asked for. */
async function openPart(root: string, part: string, classes: number): Promise<RecordFile> {
  const name = `${part}_X.bin`;
  const [images, labels] = [join(root, name), join(root, `${part}_y.bin`)];
  const numbers = await readBytes(labels);
  const { size } = await Deno.stat(images).catch((error: Error) => {
    throw new DataError(`${images} cannot be read: ${error.message}`);
  });
  if (numbers.length === 0 || size !== numbers.length * imageBytes) {
    throw new DataError(
      `${images} must hold an image of ${imageBytes} bytes for each of the ${numbers.length} labels ` +
        `in ${labels}. Received: ${size} bytes`,
    );
  }
  numbers.forEach((label, record) => {
    if (label >= 1 && label <= classes) return;
    throw new DataError(
      `${labels}, record ${record}: the label must be 1 to ${classes}. Received: ${label}`,
    );
  });
  return {
    name,
    labels: numbers.map((label) => label - 1),
    read: (record) => readImage(images, record),
  };
}

/** The three planes of an image lie column by column. */
async function readImage(file: string, record: number): Promise<Image> {
  try {
    using opened = await Deno.open(file);
    const planes = await readAt(opened, record * imageBytes, new Uint8Array(imageBytes));
    return interleave(planes, side, "columns");
  } catch (error) {
    throw new BrokenImageError(`${file}#${record}`, (error as Error).message);
  }
}
