import { dirname, join } from "@std/path";
import { crc32, inflateRawSync } from "node:zlib";
import yauzl, { type Entry } from "yauzl";
import { readAt } from "../../files/read.ts";
import { ZipReader } from "../../files/zip_reader.ts";
import { ArchiveError, MemberGuard, unpackAtOnce, type UnpackOptions } from "./unpack.ts";

/** Methods of compression that zip programs use. */
const [stored, deflated] = [0, 8];

/**
 * Unpacks a zip archive of files and folders, as {@linkcode unpackTar} does a tar archive.
 *
 * @param folder Must not exist.
 * @throws {ArchiveError} If the archive is damaged, encrypted, too large, or has links, a file twice or
 *   paths that lead outside; nothing of it is kept.
 * @throws {WriteError} If it cannot be written.
 */
export async function unpackZip(
  archive: string,
  folder: string,
  options: UnpackOptions,
): Promise<void> {
  await unpackAtOnce(archive, folder, options.signal, async (into) => {
    using file = await Deno.open(archive);
    const { size } = await file.stat();
    const reader = new ZipReader(file, size);
    await Promise.race([unpackInto(into, { file, size, reader }, options), reader.failure]);
  });
}

interface ZipFile {
  readonly file: Deno.FsFile;
  readonly size: number;
  readonly reader: ZipReader;
}

async function unpackInto(into: string, zipFile: ZipFile, options: UnpackOptions): Promise<void> {
  const { reader, size } = zipFile;
  const { onProgress, signal, flat } = options;
  const zip = await yauzl.fromRandomAccessReaderPromise(reader, size, {
    autoClose: false,
    strictFileNames: true,
  });
  const guard = new MemberGuard(options);
  const folders = new Set<string>();
  for await (const entry of zip.eachEntry()) {
    signal?.throwIfAborted();
    const { fileName: path, uncompressedSize } = entry;
    const kind = kindOf(entry);
    guard.admit(path, kind, uncompressedSize);
    if (kind === "Directory") continue;
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    const target = join(into, ...path.split("/").slice(flat ? 0 : 1));
    const parent = dirname(target);
    if (!folders.has(parent)) await Deno.mkdir(parent, { recursive: true });
    folders.add(parent);
    await Deno.writeFile(target, await contentOf(entry, fileDataStart, zipFile), { mode: 0o644 });
    onProgress?.(fileDataStart + entry.compressedSize);
  }
  guard.requireFiles();
}

/** The kind of a member, as tar names it. Programs of Unix note it in the upper half of the attributes. */
function kindOf({ fileName, externalFileAttributes, generalPurposeBitFlag }: Entry): string {
  if (generalPurposeBitFlag & 1) return "encrypted file";
  const type = externalFileAttributes >>> 28;
  if (type === 0o12) return "SymbolicLink";
  if (type !== 0 && type !== 0o10 && type !== 0o4) return "special file";
  return fileName.endsWith("/") ? "Directory" : "File";
}

async function contentOf(
  { fileName, compressionMethod, compressedSize, uncompressedSize, crc32: sum }: Entry,
  start: number,
  { file, size }: ZipFile,
): Promise<Uint8Array> {
  const name = JSON.stringify(fileName.slice(0, 200));
  if (start + compressedSize > size) throw new ArchiveError(`${name} is truncated`);
  const raw = await readAt(file, start, new Uint8Array(compressedSize));
  const bytes = decompress(raw, compressionMethod, uncompressedSize);
  if (bytes.length !== uncompressedSize || crc32(bytes) !== sum) {
    throw new ArchiveError(`${name} is damaged`);
  }
  return bytes;
}

function decompress(raw: Uint8Array, method: number, size: number): Uint8Array {
  if (method === stored) return raw;
  if (method !== deflated) throw new ArchiveError(`compression method ${method} is not read`);
  // An entry that unpacks to more than it says is a bomb.
  return size === 0 ? new Uint8Array() : inflateRawSync(raw, { maxOutputLength: size });
}
