import { join } from "@std/path";
import {
  type PickledArray,
  pickledArray,
  pickledIntegers,
  pickledText,
} from "../../../files/pickle/numpy_array.ts";
import { unpickle } from "../../../files/pickle/unpickle.ts";
import type { ClassLabel } from "../../dataset.ts";
import { DataError } from "../../errors.ts";
import { readBytes } from "../read_file.ts";
import { cifarSide, requireLabels } from "./cifar_records.ts";
import { interleave, type RecordFile } from "./record_split.ts";

const imageBytes = 3 * cifarSide ** 2;

/**
 * Reads a batch of CIFAR's Python version: a pickle of `data`, one row of 3072 bytes for each image, and of
 * the labels.
 *
 * @param labelsKey The key of the labels.
 * @throws {DataError} If it is missing or damaged, or a label is out of range.
 */
export async function readCifarPickle(
  folder: string,
  name: string,
  labelsKey: string,
  classes: number,
): Promise<RecordFile> {
  const file = join(folder, name);
  const values = await readDictionary(file);
  const labels = pickledIntegers(values.get(labelsKey));
  if (!labels) throw new DataError(`${file} must hold ${labelsKey}, a list of whole numbers`);
  requireLabels(file, labels, classes);
  const rows = pixelRows(file, values.get("data"), labels.length);
  return {
    name,
    labels,
    read: (record) =>
      interleave(rows.subarray(record * imageBytes, (record + 1) * imageBytes), cifarSide),
  };
}

function pixelRows(file: string, data: unknown, images: number): Uint8Array {
  const array = pickledArray(data);
  if (array && isRows(array, images)) return array.bytes;
  throw new DataError(
    `${file} must hold data, an array of ${images} × ${imageBytes} bytes. Received: ${
      array ? `${array.type}, ${array.shape.slice(0, 8).join(" × ")}` : "no array"
    }`,
  );
}

function isRows({ type, shape: [rows], bytes, fortran }: PickledArray, images: number): boolean {
  return type === "u1" && !fortran && rows === images && bytes.length === images * imageBytes;
}

/**
 * Reads the class names of CIFAR's Python version, which a pickle holds under a key.
 *
 * @throws {DataError} If it is missing or damaged, or names another number of classes.
 */
export async function readPickledNames(
  file: string,
  key: string,
  classes: number,
): Promise<ClassLabel[]> {
  const value = (await readDictionary(file)).get(key);
  const names = Array.isArray(value) ? value.map(pickledText) : [];
  if (names.length !== classes || names.includes(undefined)) {
    throw new DataError(
      `${file} must hold ${key}, the names of ${classes} classes. Received: ${names.length}`,
    );
  }
  return names.map((name = "") => ({ id: name, name }));
}

/** Reads a pickled dictionary by the text of its keys, which may be bytes. */
async function readDictionary(file: string): Promise<Map<string, unknown>> {
  const bytes = await readBytes(file);
  const value = unpickled(file, bytes);
  if (!(value instanceof Map)) throw new DataError(`${file} must hold a pickled dictionary`);
  return new Map([...value].map(([key, entry]) => [pickledText(key) ?? "", entry]));
}

function unpickled(file: string, bytes: Uint8Array): unknown {
  try {
    return unpickle(bytes).value;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new DataError(`${file} cannot be read: its pickle is damaged`);
  }
}
