import { join } from "@std/path";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { readBytes, readText } from "../read_file.ts";
import { interleave, type RecordFile } from "./record_split.ts";

/** The side of CIFAR's images in pixels. */
export const cifarSide = 32;

const imageBytes = 3 * cifarSide ** 2;

/** One of CIFAR's two sets. */
export interface CifarVersion {
  /** What errors call it. */
  readonly title: string;
  readonly classes: number;
  /** The bytes of labels before the pixels of each record; the last of them is the class. */
  readonly labelBytes: number;
}

/**
 * Reads a binary file of CIFAR: records of labels and of a red, a green and a blue plane. It may hold any
 * number of whole records.
 *
 * @throws {DataError} If it is missing or cut short, or a label is out of range.
 */
export async function readCifarRecords(
  folder: string,
  name: string,
  { title, classes, labelBytes }: CifarVersion,
): Promise<RecordFile> {
  const file = join(folder, name);
  const bytes = await readBytes(file).catch((error) => incompleteCifar(title, error));
  const size = labelBytes + imageBytes;
  if (bytes.length === 0 || bytes.length % size !== 0) {
    throw new DataError(
      `${file} must hold whole records of ${size} bytes. Received: ${bytes.length} bytes`,
    );
  }
  const labels = Uint8Array.from(
    { length: bytes.length / size },
    (_, record) => bytes[record * size + labelBytes - 1]!,
  );
  requireLabels(file, labels, classes);
  const pixelsOf = (record: number): Uint8Array =>
    bytes.subarray(record * size + labelBytes, (record + 1) * size);
  return { name, labels, read: (record) => interleave(pixelsOf(record), cifarSide) };
}

/**
 * Checks the labels of a file's records.
 *
 * @throws {DataError} If one of them is not a class.
 */
export function requireLabels(file: string, labels: ArrayLike<number>, classes: number): void {
  for (let record = 0; record < labels.length; record++) {
    const label = labels[record]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw new DataError(
      `${file}, record ${record}: the label must be 0 to ${classes - 1}. Received: ${label}`,
    );
  }
}

/**
 * Reads a list of class names, one a line.
 *
 * @throws {DataError} If it is missing or names another number of classes.
 */
export async function readCifarNames(
  folder: string,
  name: string,
  { title, classes }: CifarVersion,
): Promise<ClassLabel[]> {
  const file = join(folder, name);
  const text = await readText(file).catch((error) => incompleteCifar(title, error));
  const names = text.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  if (names.length !== classes) {
    throw new DataError(`${file} must name ${classes} classes. Received: ${names.length}`);
  }
  return names.map((name) => ({ id: name, name }));
}

function incompleteCifar(title: string, error: Error): never {
  throw new DataError(`${title} is not complete: ${error.message}`);
}
