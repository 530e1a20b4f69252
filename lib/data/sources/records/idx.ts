import { join } from "@std/path";
import { gunzipSync } from "node:zlib";
import type { Dataset, Image } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { isFile } from "../folders.ts";
import type { Layout, LayoutOptions, Recognition } from "../layout.ts";
import { officialSet } from "../official_set.ts";
import { readBytes } from "../read_file.ts";
import { unusedFiles } from "../unused_files.ts";
import { type RecordFile, recordSplit } from "./record_split.ts";

const parts = ["train-images", "train-labels", "t10k-images", "t10k-labels"];
/** The folders that may contain the files, inside the given one; torchvision makes the last ones. */
const places = ["", "raw", "MNIST/raw", "FashionMNIST/raw", "KMNIST/raw"];
/** The maximum size of an array in bytes: 100,000 images of 64 × 64 pixels are smaller. */
const maxBytes = 2 ** 29;

/** MNIST's files, which Fashion-MNIST and KMNIST use too: 28 × 28 gray pixels, ten numbered classes. */
export const idxLayout: Layout = {
  name: "MNIST",
  tree: parts.map((part) => `${part}-idx${dimensionsOf(part)}-ubyte(.gz)`).join(", "),
  recognize: async (folder) => {
    for (const place of places) {
      const recognition = await recognizeIn(join(folder, place));
      if (recognition) return recognition;
    }
    return undefined;
  },
  open: idxDataset,
};

function dimensionsOf(part: string): 1 | 3 {
  return part.endsWith("images") ? 3 : 1;
}

async function recognizeIn(root: string): Promise<Recognition | undefined> {
  const names = await Promise.all(parts.map((part) => findFile(root, part)));
  const found = names.filter((name) => name !== undefined);
  const missing = parts.filter((_, index) => names[index] === undefined);
  return found.length === 0 ? undefined : { root, found, missing };
}

/** The official names, those with a dot, and both of them compressed. */
async function findFile(root: string, part: string): Promise<string | undefined> {
  for (const separator of ["-", "."]) {
    for (const ending of ["", ".gz"]) {
      const name = `${part}${separator}idx${dimensionsOf(part)}-ubyte${ending}`;
      if (await isFile(join(root, name))) return name;
    }
  }
  return undefined;
}

async function idxDataset(root: string, options: LayoutOptions): Promise<Dataset> {
  const names = await Promise.all(parts.map((part) => findFile(root, part)));
  const [trainImages = "", trainLabels = "", testImages = "", testLabels = ""] = names;
  const train = await readPart(root, trainImages, trainLabels);
  const test = await readPart(root, testImages, testLabels);
  const classes = Array.from(
    { length: 10 },
    (_, number) => ({ id: `${number}`, name: `${number}` }),
  );
  const unused = await unusedFiles(
    root,
    names.filter((name) => name !== undefined),
    (path) => parts.some((part) => path.startsWith(part)) ? "second copies of files" : undefined,
  );
  return officialSet({
    name: options.name,
    ...(train.side === test.side ? { imageSize: train.side } : {}),
    classes,
    train: recordSplit([train]),
    test: recordSplit([test]),
    unused,
  }, options);
}

async function readPart(
  root: string,
  images: string,
  labels: string,
): Promise<RecordFile & { readonly side: number }> {
  const pixels = await readIdx(join(root, images), 3);
  const numbers = await readIdx(join(root, labels), 1);
  const [count, side, columns] = pixels.sides;
  if (side !== columns || !side || count !== numbers.data.length) {
    throw new DataError(
      `${
        join(root, images)
      } must hold a square image for each of the ${numbers.data.length} labels ` +
        `in ${labels}. Received: ${pixels.sides.join(" × ")}`,
    );
  }
  const wrong = numbers.data.findIndex((label) => label > 9);
  if (wrong >= 0) {
    throw new DataError(
      `${join(root, labels)}, record ${wrong}: the label must be 0 to 9. Received: ${
        numbers.data[wrong]
      }`,
    );
  }
  const area = side * side;
  const read = (index: number): Image =>
    grayImage(pixels.data.subarray(index * area, (index + 1) * area), side);
  return { name: images, labels: numbers.data, side, read };
}

function grayImage(gray: Uint8Array, side: number): Image {
  const data = new Uint8Array(3 * gray.length);
  gray.forEach((value, pixel) => data.fill(value, 3 * pixel, 3 * pixel + 3));
  return { width: side, height: side, data };
}

/** Reads an array of bytes: two zeros, the type, the number of sides, the sides, and the values. */
async function readIdx(
  file: string,
  dimensions: number,
): Promise<{ readonly sides: readonly number[]; readonly data: Uint8Array }> {
  const bytes = unpacked(file, await readBytes(file));
  const start = 4 + 4 * dimensions;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isIdx = bytes.length >= start && view.getUint32(0) === 0x800 + dimensions;
  const sides = isIdx
    ? Array.from({ length: dimensions }, (_, axis) => view.getUint32(4 + 4 * axis))
    : [];
  const length = sides.reduce((product, side) => product * side, 1);
  if (!isIdx || length === 0 || bytes.length - start !== length) {
    throw new DataError(
      `${file} must hold an IDX array of bytes with ${dimensions} sides. Received: ` +
        (isIdx ? `${bytes.length - start} bytes for ${sides.join(" × ")}` : "another file"),
    );
  }
  return { sides, data: bytes.subarray(start) };
}

function unpacked(file: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw new DataError(`${file} cannot be unpacked: ${(error as Error).message}`);
  }
}
