import { createReadStream, type Stats } from "node:fs";
import { rm } from "node:fs/promises";
import { posix } from "node:path";
import { extract, ReadEntry } from "tar";
import { oneLine } from "../../display/format.ts";
import { mapWriteErrors, WriteError } from "../../files/write.ts";

/** What an archive may hold at most. */
export interface UnpackLimits {
  readonly entries: number;
  /** All files together. */
  readonly bytes: number;
}

export interface UnpackOptions {
  readonly limits: UnpackLimits;
  /** Receives the bytes of the archive that are processed. */
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

/** Images hardly compress, and the headers between them about tenfold: only a bomb exceeds this. */
const maxDecompressionRatio = 200;

/**
 * Unpacks a tar archive, compressed by gzip or not, of files and folders below one folder, whose name is
 * left off. The result appears only once it is complete.
 *
 * @param folder Must not exist.
 * @throws {ArchiveError} If the archive is damaged, too large, or has links, devices, a file twice or
 *   paths that lead outside; nothing of it is kept.
 * @throws {WriteError} If it cannot be written.
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
    await mapWriteErrors(folder, () => unpackInto(temporary, archive, options));
    await Deno.rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    options.signal?.throwIfAborted();
    if (error instanceof WriteError) throw error;
    throw new ArchiveError(`${archive} cannot be unpacked: ${(error as Error).message}`);
  }
}

async function unpackInto(
  cwd: string,
  archive: string,
  { limits, onProgress, signal }: UnpackOptions,
): Promise<void> {
  const files = new Set<string>();
  let [bytes, ended] = [0, false];
  let failure: unknown;
  const unpack = extract({
    cwd,
    // So that nothing is still being written into the folder when it is removed after a failure.
    sync: true,
    strip: 1,
    strict: true,
    preserveOwner: false,
    brotli: false,
    zstd: false,
    maxDecompressionRatio,
    filter: entryFilter(limits, files),
  });
  unpack.on("error", (error: unknown) => failure ??= ended ? undefined : error);
  unpack.on("eof", () => {
    ended = true;
    // tar would keep in memory what follows.
    unpack.abort(new Error("it has ended"));
  });
  for await (const chunk of createReadStream(archive)) {
    signal?.throwIfAborted();
    unpack.write(chunk);
    if (failure) throw failure;
    onProgress?.(bytes += chunk.length);
    if (ended) break;
  }
  unpack.end();
  if (failure) throw failure;
  if (files.size === 0) throw new ArchiveError("it holds no files");
}

/** Makes tar's filter, which sees each entry before it is written. It collects the paths of files. */
function entryFilter(
  limits: UnpackLimits,
  files: Set<string>,
): (path: string, entry: ReadEntry | Stats) => boolean {
  let [entries, bytes] = [0, 0];
  return (path, entry) => {
    if (!(entry instanceof ReadEntry)) return false;
    const isFolder = entry.type === "Directory";
    requireAllowed(path, entry.type);
    bytes += entry.size;
    if (++entries > limits.entries || !(bytes <= limits.bytes)) {
      throw new ArchiveError(
        `it holds more than ${limits.entries} entries or ${limits.bytes} bytes`,
      );
    }
    // Nothing in a data set is a program, or closed to its owner.
    entry.mode = isFolder ? 0o755 : 0o644;
    if (isFolder) return true;
    const name = posix.normalize(path);
    if (files.has(name)) throw new ArchiveError(`it holds ${shown(path)} twice`);
    files.add(name);
    return true;
  };
}

function requireAllowed(path: string, type: ReadEntry["type"]): void {
  if (!["File", "OldFile", "Directory"].includes(type)) {
    throw new ArchiveError(`${shown(path)} is a ${type}, and only files and folders are allowed`);
  }
  if (path.split(/[/\\]/).includes("..") || /^[/\\]|^[a-z]:/i.test(path)) {
    throw new ArchiveError(`${shown(path)} leads outside`);
  }
  if (type !== "Directory" && !path.includes("/")) {
    throw new ArchiveError(`${shown(path)} is in no folder`);
  }
}

function shown(path: string): string {
  return JSON.stringify(path.slice(0, 200));
}
