import { join } from "@std/path";
import { gzipSync } from "node:zlib";
import { ArchiveError } from "../../../lib/data/downloads/unpack.ts";
import { unpackTar } from "../../../lib/data/downloads/unpack_tar.ts";
import { unpackZip } from "../../../lib/data/downloads/unpack_zip.ts";
import { tarOf } from "../../data/downloads/tar_of.ts";
import { zipOf } from "../../data/downloads/zip_of.ts";
import { fileTarget, type Target } from "../target.ts";

const limits = { entries: 50, bytes: 200_000 };
const block = 512;

const text = (length: number): string => "The quick brown fox. ".repeat(length / 21);
const record = "path=set/a name of another header.txt\n";

/** A small set, with all that archives of sets have. */
const set = tarOf([
  { path: "set/", type: "Directory" },
  { path: "set/cat/", type: "Directory" },
  { path: "set/cat/1.txt", content: text(2000) },
  { path: "set/pax", type: "ExtendedHeader", content: `${record.length + 3} ${record}` },
  { path: "set/cat/2.txt", content: text(50) },
  { path: "set/dog/3.txt", content: "" },
]);
const withLinks = tarOf([
  { path: "set/link", type: "SymbolicLink", linkpath: "../.." },
  { path: "set/link/4.txt", content: text(30) },
  { path: "set/hard", type: "Link", linkpath: "/etc/passwd" },
]);

const zips = [
  zipOf([
    { path: "set/", method: 0, mode: 0o40755 },
    { path: "set/cat/1.txt", content: text(2000) },
    { path: "set/cat/2.txt", content: text(50), method: 0 },
    { path: "set/dog/3.txt" },
  ]),
  zipOf([
    { path: "set/link", content: "../..", method: 0, mode: 0o120777 },
    { path: "set/../../4.txt", content: text(30) },
  ]),
];

const readTar = (path: string, folder: string): Promise<void> => read(path, folder, unpackTar);
const readZip = (path: string, folder: string): Promise<void> => read(path, folder, unpackZip);

async function read(path: string, folder: string, unpack: typeof unpackTar): Promise<void> {
  await unpack(path, join(folder, "set"), { limits });
  const outside = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  if (outside.sort().join() !== [path.split(/[/\\]/).at(-1), "set"].sort().join()) {
    throw new Error(`it wrote beside its folder: ${outside}`);
  }
}

/** Makes every header's checksum right again: with a wrong one nothing behind it is looked at. */
function mendChecksums(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  for (let at = 0; at + block <= bytes.length; at += block) {
    const header = bytes.subarray(at, at + block);
    if (new TextDecoder().decode(header.subarray(257, 262)) !== "ustar") continue;
    const sum = header.reduce(
      (all, byte, index) => all + (index >= 148 && index < 156 ? 32 : byte),
      0,
    );
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  }
  return bytes;
}

/** The readers of archives of data sets. */
export const archiveTargets: readonly Target[] = [
  fileTarget({
    name: "archives: tar",
    file: "set.tar",
    seeds: () => Promise.resolve([set, withLinks]),
    read: readTar,
    errors: [ArchiveError],
    files: "folder",
    repair: mendChecksums,
  }),
  fileTarget({
    name: "archives: tar.gz",
    file: "set.tgz",
    seeds: () => Promise.resolve([gzipSync(set), gzipSync(withLinks)]),
    read: readTar,
    errors: [ArchiveError],
    files: "folder",
  }),
  fileTarget({
    name: "archives: zip",
    file: "set.zip",
    seeds: () => Promise.resolve(zips),
    read: readZip,
    errors: [ArchiveError],
    files: "folder",
  }),
];
