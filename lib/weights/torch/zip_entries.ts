import yauzl from "yauzl";
import { readAt } from "../../files/read.ts";
import { WeightsError } from "../errors.ts";

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
  using file = await Deno.open(path);
  const reader = new ZipReader(file, size);
  return await Promise.race([listEntries(reader, size), reader.failure]);
}

async function listEntries(reader: ZipReader, size: number): Promise<Map<string, ZipEntry>> {
  const zip = await yauzl.fromRandomAccessReaderPromise(reader, size, { autoClose: false });
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
}

/**
 * Reads for yauzl, whose own reader ends the process for places that no file has, since it throws where
 * nobody can catch it.
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

  /** Fails with what yauzl throws while it takes what was read. */
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

  /** Only contents are streamed, which are not read here. */
  override _readStreamForRange(): never {
    throw new WeightsError("its contents are read elsewhere");
  }

  async #fill(into: Uint8Array, position: number): Promise<void> {
    if (!(position >= 0 && position + into.length <= this.#size)) {
      throw new WeightsError("its directory lies outside of it");
    }
    await readAt(this.#file, position, into);
  }
}
