import { maxFileBytes, readLimited, readLimitedText } from "../../files/read_limited.ts";
import { DataError } from "../errors.ts";

/**
 * Reads the bytes of a data set's file.
 *
 * @throws {DataError} If it is missing, cannot be read, or is no regular file of a limited size.
 */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return await withDataErrors(file, () => readLimited(file, maxFileBytes.images));
}

/**
 * Reads the text of a data set's file.
 *
 * @throws {DataError} If it is missing, cannot be read, or is far too long for a list.
 */
export async function readText(file: string): Promise<string> {
  return await withDataErrors(file, () => readLimitedText(file, maxFileBytes.table));
}

/**
 * Reads the bytes of a table of labels.
 *
 * @throws {DataError} If it is missing, cannot be read, or is far too long for a list.
 */
export async function readTableBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return await withDataErrors(file, () => readLimited(file, maxFileBytes.table));
}

async function withDataErrors<Content>(
  file: string,
  read: () => Promise<Content>,
): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) throw new DataError(`${file} is missing`);
    throw new DataError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
