import { DataError } from "../errors.ts";

/** Bytes of the longest text that is read; lists of class names and labels are far shorter. */
const maxTextBytes = 2 ** 28;

/**
 * Reads the bytes of a data set's file.
 *
 * @throws {DataError} If it is missing or cannot be read.
 */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return await withDataErrors(file, () => Deno.readFile(file));
}

/**
 * Reads the text of a data set's file.
 *
 * @throws {DataError} If it is missing, cannot be read, or is far too long for a list.
 */
export async function readText(file: string): Promise<string> {
  return await withDataErrors(file, async () => {
    const { size } = await Deno.stat(file);
    if (size > maxTextBytes) {
      throw new DataError(`${file} must have at most ${maxTextBytes} bytes. Received: ${size}`);
    }
    return await Deno.readTextFile(file);
  });
}

async function withDataErrors<Content>(
  file: string,
  read: () => Promise<Content>,
): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    if (error instanceof Deno.errors.NotFound) throw new DataError(`${file} is missing`);
    throw new DataError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
