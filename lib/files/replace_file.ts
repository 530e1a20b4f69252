import { basename, dirname, join } from "@std/path";
import { flushFolder, makeFolder } from "./make_folder.ts";
import { listDir } from "./read.ts";
import { rename } from "./rename.ts";
import { mapWriteErrors, requireNames, writeAll } from "./write.ts";

/** Text, bytes, or bytes in parts. */
type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file atomically: a reader sees the old content or the complete new one, even if the process
 * or the machine dies. The content goes to a temporary file beside it, is flushed to the disk and then
 * renamed.
 *
 * @param content Parts are requested one after the other.
 * @throws {WriteError} If the system refuses the write.
 */
export async function replaceFile(path: string, content: Content): Promise<void> {
  await replaceFileBy(path, async (file) => {
    for await (const part of partsOf(content)) await writeAll(file, part);
  });
}

/** Does what {@linkcode replaceFile} does, for content that is not written from start to end. */
export async function replaceFileBy(
  path: string,
  write: (file: Deno.FsFile) => Promise<void>,
): Promise<void> {
  requireNames(path);
  await mapWriteErrors(path, async () => {
    await makeFolder(dirname(path));
    const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      {
        using file = await Deno.open(temporary, { read: true, write: true, createNew: true });
        await write(file);
        await file.syncData();
      }
      await rename(temporary, path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
    await flushFolder(dirname(path));
    await removeAbandoned(dirname(path), basename(path));
  });
}

/** Milliseconds after which a temporary file belongs to a process that died. */
const abandoned = 3_600_000;

/** Removes what processes that died left of a file, which others may write at the same time. */
async function removeAbandoned(folder: string, name: string): Promise<void> {
  for (const entry of await listDir(folder).catch(() => [])) {
    if (!isTemporary(entry, `${name}.`)) continue;
    const path = join(folder, entry);
    const written = (await Deno.lstat(path).catch(() => undefined))?.mtime?.getTime() ?? Infinity;
    if (Date.now() - written > abandoned) await Deno.remove(path).catch(() => {});
  }
}

/** Removes what {@linkcode replaceFile} left of one file, or of all in a folder, when its process died. */
export async function removeTemporaries(folder: string, name = ""): Promise<void> {
  for (const entry of await listDir(folder)) {
    if (isTemporary(entry, name)) await Deno.remove(join(folder, entry));
  }
}

/** Whether `entry` is a temporary file of {@linkcode replaceFile} for the file `name`. */
export function isTemporary(entry: string, name: string): boolean {
  return entry.startsWith(name) && /\.[0-9a-f]{8}\.tmp$/.test(entry);
}

function partsOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}
