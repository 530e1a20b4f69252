import { DataError } from "../errors.ts";

/** What a file may have at most to be read as text: classes' names and labels are far from it. */
const longestText = 2 ** 28;

/**
 * The bytes of a data set's file.
 *
 * @throws {DataError} Where it is missing or cannot be read.
 */
export async function readBytes(file: string): Promise<Uint8Array<ArrayBuffer>> {
  return await explained(file, () => Deno.readFile(file));
}

/**
 * The text of a data set's file.
 *
 * @throws {DataError} Where it is missing, cannot be read, or is far too long.
 */
export async function readText(file: string): Promise<string> {
  return await explained(file, async () => {
    const { size } = await Deno.stat(file);
    if (size > longestText) throw new DataError(`${file} is no list: it has ${size} bytes`);
    return await Deno.readTextFile(file);
  });
}

async function explained<Content>(file: string, read: () => Promise<Content>): Promise<Content> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof DataError) throw error;
    if (error instanceof Deno.errors.NotFound) throw new DataError(`${file} is missing`);
    throw new DataError(`${file} cannot be read: ${(error as Error).message}`);
  }
}
