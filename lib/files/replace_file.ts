import { dirname, join } from "@std/path";
import { listDir } from "./read.ts";
import { mapWriteErrors, writeAll } from "./write.ts";

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
  await mapWriteErrors(path, async () => {
    await makeFolder(dirname(path));
    const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      {
        using file = await Deno.open(temporary, { read: true, write: true, createNew: true });
        await write(file);
        await file.syncData();
      }
      await Deno.rename(temporary, path);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
    await flushFolder(dirname(path));
  });
}

/** Deno refuses even an existing folder here if there is something in it that may not be written. */
async function makeFolder(path: string): Promise<void> {
  if (await Deno.stat(path).then(({ isDirectory }) => isDirectory, () => false)) return;
  await Deno.mkdir(path, { recursive: true });
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

/** Only this makes the new name survive a loss of power; Windows needs it not, and opens no folders. */
async function flushFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.syncData();
}

function partsOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}
