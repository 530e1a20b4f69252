import { join } from "@std/path";
import type { ClassLabel, Dataset, Image, Resize, Split } from "../dataset.ts";
import { DataError } from "../errors.ts";
import { resizeImage } from "../images/decode.ts";
import { subsetClasses } from "../subset.ts";
import { isFile } from "./folders.ts";
import type { Layout } from "./layout.ts";
import { readBytes, readText } from "./read_file.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
/** Bytes of a record: one for the label, then the red, green and blue planes. */
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;

const trainingFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const testFile = "test_batch.bin";
const namesFile = "batches.meta.txt";

/** The folder in the official archive. */
export const cifar10Folder = "cifar-10-batches-bin";

/** CIFAR-10's binary files. */
export const cifar10Layout: Layout = {
  name: "CIFAR-10, binary",
  tree: "data_batch_1.bin … data_batch_5.bin, test_batch.bin, batches.meta.txt",
  recognize: async (folder) => {
    for (const root of [folder, join(folder, cifar10Folder)]) {
      const names = [...trainingFiles, testFile];
      const there = await Promise.all(names.map((name) => isFile(join(root, name))));
      const found = names.filter((_, index) => there[index]);
      // The error of a missing batch is that of opening, which says that CIFAR-10 is not complete.
      if (found.length > 0) return { root, found, missing: [] };
    }
    return undefined;
  },
  open: async (root, { classes = "all" }) => subsetClasses(await cifar10(root), classes),
};

/**
 * Opens CIFAR-10 from its official binary files: ten classes of 32 × 32 images, with the test batch
 * for validation. A file may hold any number of whole records.
 *
 * @param folder The folder with `data_batch_1.bin` to `data_batch_5.bin`, `test_batch.bin` and
 *   `batches.meta.txt`, which names the classes.
 * @throws {DataError} If a file is missing or cut short, or a label is above 9.
 */
export async function cifar10(folder: string): Promise<Dataset> {
  return {
    name: "cifar10",
    imageSize: SIDE,
    classes: await readClasses(folder),
    train: binarySplit(await Promise.all(trainingFiles.map((name) => readBatch(folder, name)))),
    validation: binarySplit([await readBatch(folder, testFile)]),
    warnings: [],
  };
}

interface BinaryBatch {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

async function readBatch(folder: string, name: string): Promise<BinaryBatch> {
  const file = join(folder, name);
  const bytes = await readBytes(file).catch(incomplete);
  if (bytes.length === 0 || bytes.length % RECORD !== 0) {
    throw new DataError(
      `${file} must hold whole records of ${RECORD} bytes. Received: ${bytes.length} bytes`,
    );
  }
  for (let start = 0; start < bytes.length; start += RECORD) {
    const label = bytes[start] ?? 0;
    if (label >= CLASSES) {
      throw new DataError(
        `${file}, record ${start / RECORD}: the label must be 0 to 9. Received: ${label}`,
      );
    }
  }
  return { name, bytes };
}

async function readClasses(folder: string): Promise<ClassLabel[]> {
  const file = join(folder, namesFile);
  const text = await readText(file).catch(incomplete);
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (names.length !== CLASSES) {
    throw new DataError(`${file} must name ${CLASSES} classes. Received: ${names.length}`);
  }
  return names.map((name) => ({ id: name, name }));
}

function incomplete(error: Error): never {
  throw new DataError(`CIFAR-10 is not complete: ${error.message}`);
}

function binarySplit(batches: readonly BinaryBatch[]): Split {
  const records = batches.flatMap(({ name, bytes }) =>
    Array.from({ length: bytes.length / RECORD }, (_, record) => ({
      path: `${name}#${record}`,
      bytes: bytes.subarray(record * RECORD, (record + 1) * RECORD),
    }))
  );
  const recordAt = (index: number): typeof records[number] => {
    const record = records[index];
    if (!record) {
      throw new RangeError(`sample must be 0 to ${records.length - 1}. Received: ${index}`);
    }
    return record;
  };
  return {
    length: records.length,
    labels: Uint16Array.from(records, ({ bytes }) => bytes[0] ?? 0),
    path: (index) => recordAt(index).path,
    image: async (index: number, resize: Resize) =>
      await resizeImage(unpack(recordAt(index).bytes), resize),
  };
}

/** Converts a record's three color planes to RGB pixels. */
function unpack(record: Uint8Array): Image {
  const data = new Uint8Array(3 * PLANE);
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 3 + channel] = record[1 + channel * PLANE + pixel] ?? 0;
    }
  }
  return { width: SIDE, height: SIDE, data };
}
