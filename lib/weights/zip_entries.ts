import yauzl from "yauzl";
import { WeightsError } from "./errors.ts";

/** Where an entry's bytes lie in a zip file. */
export interface ZipEntry {
  readonly position: number;
  readonly bytes: number;
}

/** A net has some hundred arrays. */
const mostEntries = 10_000;

/**
 * The entries of a zip file that are stored as they are, by name.
 *
 * @throws {WeightsError} For a file that is damaged, or has a compressed entry.
 */
export async function openZip(path: string): Promise<Map<string, ZipEntry>> {
  try {
    return await entriesOf(path);
  } catch (error) {
    throw error instanceof WeightsError ? error : new WeightsError((error as Error).message);
  }
}

async function entriesOf(path: string): Promise<Map<string, ZipEntry>> {
  const { size } = await Deno.stat(path);
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    if (zip.entryCount > mostEntries) throw new WeightsError(`it has ${zip.entryCount} entries`);
    const entries = new Map<string, ZipEntry>();
    for await (const entry of zip.eachEntry()) {
      const { fileName, compressionMethod, uncompressedSize: bytes } = entry;
      if (compressionMethod !== 0) throw new WeightsError(`its entry ${fileName} is compressed`);
      const { fileDataStart: position } = await zip.readLocalFileHeaderPromise(entry, {
        minimal: true,
      });
      if (position + bytes > size) throw new WeightsError(`its entry ${fileName} is cut`);
      entries.set(fileName, { position, bytes });
    }
    return entries;
  } finally {
    zip.close();
  }
}
