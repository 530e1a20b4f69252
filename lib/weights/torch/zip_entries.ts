import yauzl from "yauzl";
import { readAt } from "../../files/read.ts";
import { ZipReader } from "../../files/zip_reader.ts";
import { WeightsError } from "../errors.ts";

/** An entry of a zip file. */
export interface ZipEntry {
  /** The position of its bytes in the file. */
  readonly position: number;
  /** The size of its content. */
  readonly bytes: number;
  /** The size of its compressed bytes, if it is compressed. */
  readonly compressed?: number;
}

/** A net has about a hundred arrays. */
const maxEntries = 10_000;

/**
 * Lists the entries of a zip file by name.
 *
 * @throws {WeightsError} If the file is damaged, or has an entry that is encrypted or compressed by another
 *   method than deflation.
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
    const { fileName, compressionMethod, compressedSize, uncompressedSize: bytes } = entry;
    const deflated = compressionMethod === 8;
    if (entry.isEncrypted() || compressionMethod !== 0 && !deflated) {
      throw new WeightsError(`its entry ${fileName} is encrypted or compressed in an unusual way`);
    }
    const { fileDataStart: position } = await zip.readLocalFileHeaderPromise(entry, {
      minimal: true,
    });
    if (position + (deflated ? compressedSize : bytes) > size) {
      throw new WeightsError(`its entry ${fileName} is truncated`);
    }
    entries.set(fileName, {
      position,
      bytes,
      ...(deflated ? { compressed: compressedSize } : {}),
    });
  }
  return entries;
}

/** Deflation makes content at most 1032 times shorter. */
const maxDeflation = 1100;

/** The most that deflation adds to the first part of an entry. */
const deflationOverhead = 1024;

/**
 * Reads the content of an entry, or the first `limit` bytes of it.
 *
 * @throws {WeightsError} If it is damaged.
 */
export async function readEntry(
  file: Deno.FsFile,
  { position, bytes, compressed }: ZipEntry,
  limit = bytes,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes > maxDeflation * (compressed ?? bytes)) throw new WeightsError("an entry is damaged");
  const content = new Uint8Array(Math.min(bytes, limit));
  if (compressed === undefined) return await readAt(file, position, content);
  const isWhole = content.length === bytes;
  const size = isWhole ? compressed : Math.min(compressed, content.length + deflationOverhead);
  const stored = await readAt(file, position, new Uint8Array(size));
  let length = 0;
  const inflated = new Blob([stored]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  try {
    for await (const part of inflated) {
      if (length + part.length > bytes) throw new WeightsError("an entry is longer than it says");
      const first = part.subarray(0, content.length - length);
      content.set(first, length);
      length += first.length;
      if (!isWhole && length === content.length) break;
    }
  } catch (error) {
    throw error instanceof WeightsError ? error : new WeightsError("an entry is damaged");
  }
  if (length < content.length) throw new WeightsError("an entry is shorter than it says");
  return content;
}
