import { join } from "@std/path";
import type { ClassLabel, Dataset, Image, Resize, Split } from "../dataset.ts";
import { fitImage } from "../images/decode.ts";
import { DataError } from "../errors.ts";
import { isFile } from "./folders.ts";
import { readBytes, readText } from "./read_file.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
/** A record: one byte of label, then the red, green and blue planes. */
const RECORD = 1 + 3 * PLANE;
const CLASSES = 10;

const trainingFiles = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.bin`);
const testFile = "test_batch.bin";
const namesFile = "batches.meta.txt";

/** The folder that the official archive unpacks to. */
export const cifar10Folder = "cifar-10-batches-bin";

/** Whether a folder holds CIFAR-10's binary files, one of them at least. */
export async function isCifar10(folder: string): Promise<boolean> {
  const found = await Promise.all(
    [...trainingFiles, testFile].map((name) => isFile(join(folder, name))),
  );
  return found.includes(true);
}

/**
 * CIFAR-10 from its official binary files: ten classes of 32 × 32 images, validated on the test
 * batch. A file may hold any number of whole records. Class names are those of `batches.meta.txt`
 * beside the files.
 *
 * @param folder The folder with `data_batch_1.bin` to `data_batch_5.bin` and `test_batch.bin`.
 * @throws {DataError} For a missing file, a file that is cut short, or a label above 9.
 *
 * @example
 * ```ts ignore
 * const { train, classes } = await cifar10("data/cifar10");
 * const image = await train.image(0, { mode: "stretch", size: 32 });
 * ```
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
    image: async (index: number, fit: Resize) => await fitImage(unpack(recordAt(index).bytes), fit),
  };
}

/** Turns a record's three colour planes into RGB pixels. */
function unpack(record: Uint8Array): Image {
  const data = new Uint8Array(3 * PLANE);
  for (let pixel = 0; pixel < PLANE; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      data[pixel * 3 + channel] = record[1 + channel * PLANE + pixel] ?? 0;
    }
  }
  return { width: SIDE, height: SIDE, data };
}
