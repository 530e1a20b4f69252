import { join } from "@std/path";
import { createHash } from "node:crypto";
import { oneLine } from "../../display/format.ts";
import { listDir, readAt } from "../../files/read.ts";
import { isTemporary, replaceFile } from "../../files/replace_file.ts";
import type { Image, Resize, Split } from "../dataset.ts";

/** Splits with fewer images are drawn in less than a second or two. */
const minImages = 200;

/** The limit of the folder in bytes; above it, the files that were not used for the longest time go. */
const maxBytes = 2 ** 30;

/** Milliseconds after which a temporary file belongs to a process that died. */
const abandoned = 3_600_000;

const digestBytes = 32;

/** Reading image by image takes three times as long. */
const bytesAtOnce = 2 ** 22;

/** The file that keeps the images of a drawn split at one size. */
export interface DrawnFile {
  /** @returns All images, or `undefined` if the file is missing or damaged. */
  read(signal?: AbortSignal): Promise<Image[] | undefined>;
  /** Writes the file atomically. Where that is impossible, the images are drawn again next time. */
  write(images: readonly Image[]): Promise<void>;
}

/**
 * Describes the file of a drawn split's images: raw pixels, then the SHA-256 of its name and the pixels.
 * Several processes may read and write it at the same time, since all write the same bytes.
 *
 * @param directory The folder of all such files.
 * @param onMessage Called with one line if the file is damaged or cannot be written.
 * @returns `undefined` for a split that is not drawn, is small, or is larger than all files may be.
 */
export function drawnFile(
  { drawnAs, length }: Split,
  { mode, size, shortestSide = size }: Resize,
  directory: string,
  onMessage: (line: string) => void = () => {},
): DrawnFile | undefined {
  const imageBytes = size * size * 3;
  const bytes = length * imageBytes + digestBytes;
  if (drawnAs === undefined || length < minImages || bytes > maxBytes) return undefined;
  const name = `${drawnAs}-${size}px${mode === "crop" ? `-of-${shortestSide}` : ""}.rgb`;
  const path = join(directory, name);
  return {
    read: async (signal) => {
      try {
        using file = await Deno.open(path);
        const images = await readImages(file, name, { length, size, bytes }, signal);
        if (!images) onMessage(`${path} is damaged: its images are drawn again`);
        else await Deno.utime(path, new Date(), new Date()).catch(() => {});
        return images;
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof Deno.errors.NotFound) return undefined;
        onMessage(`${path} cannot be read (${reasonOf(error)}): its images are drawn again`);
        return undefined;
      }
    },
    write: async (images) => {
      if (!images.every(({ data }) => data.length === imageBytes)) return;
      try {
        await makeRoom(directory, bytes);
        await replaceFile(path, withDigest(name, images));
      } catch (error) {
        onMessage(`${path} cannot be written (${reasonOf(error)}): its images are drawn each time`);
      }
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? oneLine(error.message) : String(error);
}

async function readImages(
  file: Deno.FsFile,
  name: string,
  { length, size, bytes }: { length: number; size: number; bytes: number },
  signal: AbortSignal | undefined,
): Promise<Image[] | undefined> {
  if ((await file.stat()).size !== bytes) return undefined;
  const digest = createHash("sha256").update(name);
  const pixels = new Uint8Array(bytes - digestBytes);
  for (let start = 0; start < pixels.length; start += bytesAtOnce) {
    signal?.throwIfAborted();
    const part = pixels.subarray(start, start + bytesAtOnce);
    digest.update(await readAt(file, start, part));
  }
  const written = await readAt(file, pixels.length, new Uint8Array(digestBytes));
  if (digest.digest("hex") !== written.toHex()) return undefined;
  const imageBytes = size * size * 3;
  return Array.from({ length }, (_, index) => ({
    ...{ width: size, height: size },
    data: pixels.subarray(index * imageBytes, (index + 1) * imageBytes),
  }));
}

function* withDigest(name: string, images: readonly Image[]): Generator<Uint8Array, void, void> {
  const digest = createHash("sha256").update(name);
  for (const { data } of images) {
    digest.update(data);
    yield data;
  }
  yield new Uint8Array(digest.digest());
}

/** Deletes files until another one fits, and what processes that died left. */
async function makeRoom(directory: string, bytes: number): Promise<void> {
  const files = (await Promise.all((await listDir(directory)).map(async (name) => {
    const path = join(directory, name);
    // Another process may delete it at the same time.
    const info = await Deno.stat(path).catch(() => undefined);
    return info?.isFile ? [{ name, path, size: info.size, used: info.mtime?.getTime() ?? 0 }] : [];
  }))).flat();
  const remove = (path: string): Promise<void> => Deno.remove(path).catch(() => {});
  for (const { name, path, used } of files) {
    if (isTemporary(name, "") && Date.now() - used > abandoned) await remove(path);
  }
  const kept = files.filter(({ name }) => name.endsWith(".rgb"))
    .sort((one, other) => one.used - other.used);
  let total = kept.reduce((sum, { size }) => sum + size, bytes);
  for (const { path, size } of kept) {
    if (total <= maxBytes) break;
    await remove(path);
    total -= size;
  }
}
