import { Buffer } from "node:buffer";
import { extract, ReadEntry } from "tar";
import { MemberGuard, unpackAtOnce, type UnpackOptions } from "./unpack.ts";

/** Images hardly compress, and the headers between them about tenfold: only a bomb exceeds this. */
const maxDecompressionRatio = 200;

const chunkBytes = 65_536;

/**
 * Unpacks a tar archive, compressed by gzip or not, of files and folders. The result appears only once it
 * is complete.
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
  await unpackAtOnce(archive, folder, options.signal, (into) => unpackInto(into, archive, options));
}

async function unpackInto(cwd: string, archive: string, options: UnpackOptions): Promise<void> {
  const { onProgress, signal, flat = false } = options;
  const guard = new MemberGuard(options);
  let [bytes, ended] = [0, false];
  let failure: unknown;
  const unpack = extract({
    cwd,
    // So that nothing is still being written into the folder when it is removed after a failure.
    sync: true,
    strip: flat ? 0 : 1,
    strict: true,
    preserveOwner: false,
    brotli: false,
    zstd: false,
    maxDecompressionRatio,
    // It sees each entry before it is written.
    filter: (path, entry) => {
      if (!(entry instanceof ReadEntry)) return false;
      guard.admit(path, entry.type, entry.size);
      // Nothing in a data set is a program, or closed to its owner.
      entry.mode = entry.type === "Directory" ? 0o755 : 0o644;
      return true;
    },
  });
  unpack.on("error", (error: unknown) => failure ??= ended ? undefined : error);
  unpack.on("eof", () => {
    ended = true;
    // tar would keep in memory what follows.
    unpack.abort(new Error("it has ended"));
  });
  using file = await Deno.open(archive);
  while (!ended) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const count = await file.read(chunk);
    if (count === null) break;
    signal?.throwIfAborted();
    unpack.write(chunk.subarray(0, count));
    if (failure) throw failure;
    onProgress?.(bytes += count);
  }
  unpack.end();
  if (failure) throw failure;
  guard.requireFiles();
}
