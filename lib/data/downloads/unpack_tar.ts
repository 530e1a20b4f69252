import { Buffer } from "node:buffer";
import { rm } from "node:fs/promises";
import { type ReadEntry, UnpackSync } from "tar";
import { oneLine } from "../../display/one_line.ts";
import { readAt } from "../../files/read.ts";

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** All files together. */
  readonly bytes: number;
}

export interface UnpackOptions {
  readonly limits: UnpackLimits;
  /** Bytes of the archive done with. */
  readonly onProgress?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** An archive is damaged, or holds what it should not; the message is one line for the user. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";

  constructor(message: string) {
    super(oneLine(message));
  }
}

/** What an entry takes in an archive beside its bytes: headers, a long name, the rest of a block. */
const bytesPerEntry = 4096;
/** Of the archive, read at once. */
const chunkBytes = 2 ** 16;

/**
 * Unpacks a tar archive, packed by gzip or not, of files and folders below one folder, whose name is
 * left off. It is unpacked beside the folder first: that appears once it is whole.
 *
 * @param folder Must not be there yet.
 * @throws {ArchiveError} For an archive that is damaged, too large, or has links, devices or paths that
 *   lead outside; nothing of it is kept.
 */
export async function unpackTar(
  archive: string,
  folder: string,
  options: UnpackOptions,
): Promise<void> {
  const temporary = `${folder}.unpacking`;
  await rm(temporary, { recursive: true, force: true });
  await Deno.mkdir(temporary);
  try {
    await unpackInto(temporary, archive, options);
    await Deno.rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    options.signal?.throwIfAborted();
    throw new ArchiveError(`${archive} cannot be unpacked: ${(error as Error).message}`);
  }
}

async function unpackInto(folder: string, archive: string, options: UnpackOptions): Promise<void> {
  const { limits } = options;
  const check = new EntryCheck(limits);
  // While it waited for the disk, a failure would leave it writing into a folder that is being removed.
  const unpack = new UnpackSync({
    cwd: folder,
    strip: 1,
    strict: true,
    preserveOwner: false,
    // It is asked before anything is written.
    filter: (_, entry) => check.admit(entry as ReadEntry),
    // What is packed is unpacked below, and but once.
    ...{ brotli: false, zstd: false, maxDecompressionRatio: 1 },
  });
  let [bytes, ended] = [0, false];
  let failure: unknown;
  unpack.on("eof", () => ended = true);
  unpack.on("error", (error: unknown) => failure ??= error);
  for await (const chunk of contentOf(archive, options)) {
    bytes += chunk.length;
    if (bytes > limits.bytes + (limits.entries + 1) * bytesPerEntry) throw tooLarge(limits);
    unpack.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    if (failure) throw failure;
    // What comes behind its end, tar would keep.
    if (ended) break;
  }
  unpack.end();
  if (failure) throw failure;
  if (check.files === 0) throw new ArchiveError("it holds no files");
}

/** The bytes of the archive, those that gzip packed if it is packed. */
async function* contentOf(
  archive: string,
  { onProgress, signal }: UnpackOptions,
): AsyncIterable<Uint8Array<ArrayBuffer>> {
  using file = await Deno.open(archive);
  const magic = await readAt(file, 0, new Uint8Array(2));
  await file.seek(0, Deno.SeekMode.Start);
  let bytes = 0;
  async function* counted(): AsyncIterable<Uint8Array<ArrayBuffer>> {
    const chunk = new Uint8Array(chunkBytes);
    for (let count; (count = await file.read(chunk)) !== null;) {
      signal?.throwIfAborted();
      yield chunk.slice(0, count);
      onProgress?.(bytes += count);
    }
  }
  const isPacked = magic[0] === 0x1f && magic[1] === 0x8b;
  yield* isPacked
    ? ReadableStream.from(counted()).pipeThrough(new DecompressionStream("gzip"))
    : counted();
}

/** Looks at each entry before it is written. */
class EntryCheck {
  /** How many files were admitted. */
  files = 0;
  readonly #limits: UnpackLimits;
  #entries = 0;
  #bytes = 0;

  constructor(limits: UnpackLimits) {
    this.#limits = limits;
  }

  /** @throws {ArchiveError} Where the entry must not be unpacked. */
  admit(entry: ReadEntry): boolean {
    const { type, path, size } = entry;
    const isFolder = type === "Directory";
    if (type !== "File" && type !== "OldFile" && !isFolder) {
      throw new ArchiveError(`${shown(path)} is a ${type}, and only files and folders are taken`);
    }
    if (path.split(/[/\\]/).includes("..") || /^[/\\]|^[a-z]:/i.test(path)) {
      throw new ArchiveError(`${shown(path)} leads outside`);
    }
    if (!isFolder && !path.includes("/")) {
      throw new ArchiveError(`${shown(path)} is in no folder`);
    }
    this.#entries++;
    this.#bytes += size;
    if (this.#entries > this.#limits.entries || !(this.#bytes <= this.#limits.bytes)) {
      throw tooLarge(this.#limits);
    }
    // Nothing in a data set is a program, or closed to its owner.
    entry.mode = isFolder ? 0o755 : 0o644;
    if (!isFolder) this.files++;
    return true;
  }
}

function tooLarge({ entries, bytes }: UnpackLimits): ArchiveError {
  return new ArchiveError(`it holds more than ${entries} entries or ${bytes} bytes`);
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
