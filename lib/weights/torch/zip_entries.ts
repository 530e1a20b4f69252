import yauzl from "yauzl";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";

/** The position and the size of an entry's bytes in a zip file. */
export interface ZipEntry {
  readonly position: number;
  readonly bytes: number;
}

/** A net has about a hundred arrays. */
const maxEntries = 10_000;

/**
 * Lists the entries of a zip file, which must not be compressed, by name.
 *
 * @throws {WeightsError} If the file is damaged or has a compressed entry.
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
  using file = await Deno.open(path);
  const reader = new ZipReader(file, size);
  return await Promise.race([listEntries(reader, size), reader.failure]);
}

async function listEntries(reader: ZipReader, size: number): Promise<Map<string, ZipEntry>> {
  const zip = await yauzl.fromRandomAccessReaderPromise(reader, size, { autoClose: false });
  if (zip.entryCount > maxEntries) {
    throw new WeightsError(
      `it must have at most ${maxEntries} entries. Received: ${zip.entryCount}`,
    );
  }
  const entries = new Map<string, ZipEntry>();
  for await (const entry of zip.eachEntry()) {
    const { fileName, compressionMethod, uncompressedSize: bytes } = entry;
    if (compressionMethod !== 0) throw new WeightsError(`its entry ${fileName} is compressed`);
    const { fileDataStart: position } = await zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    if (position + bytes > size) throw new WeightsError(`its entry ${fileName} is truncated`);
    entries.set(fileName, { position, bytes });
  }
  return entries;
}

/**
 * A reader for yauzl. yauzl's own reader ends the process if a position is outside the file, because it
 * throws where the error cannot be caught.
 */
class ZipReader extends yauzl.RandomAccessReader {
  readonly #file: Deno.FsFile;
  readonly #size: number;
  readonly #failed = Promise.withResolvers<never>();

  constructor(file: Deno.FsFile, size: number) {
    super();
    this.#file = file;
    this.#size = size;
    this.failure.catch(() => {});
  }

  /** Rejects with errors that yauzl throws in its callbacks. */
  get failure(): Promise<never> {
    return this.#failed.promise;
  }

  override read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#fill(buffer.subarray(offset, offset + length), position)
      .then(() => callback(null), callback)
      .catch(this.#failed.reject);
  }

  /** yauzl streams only the contents of entries, which are not read by it. */
  override _readStreamForRange(): never {
    throw new WeightsError("the contents of its entries are not read here");
  }

  async #fill(into: Uint8Array, position: number): Promise<void> {
    if (!(position >= 0 && position + into.length <= this.#size)) {
      throw new WeightsError("its directory is outside the file");
    }
    await readAt(this.#file, position, into);
  }
}
