import { dirname, join } from "@std/path";
import { namesIn } from "./list_dir.ts";
import { writingTo } from "./write_error.ts";
import { writeAll } from "./write_all.ts";

/** Text, bytes, or bytes in parts. */
type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that a reader sees the old content or the whole new one, never a part, whatever
 * ends this process or the machine: into a temporary name beside it, flushed to the disk, then renamed.
 *
 * @param content Parts are asked for one after the other.
 * @throws {WriteError} Where the system does not let it.
 */
export async function replaceFile(
  path: string,
  content: Content,
): Promise<void> {
  await replaceFileBy(path, async (file) => {
    for await (const part of partsOf(content)) await writeAll(file, part);
  });
}

/** As {@linkcode replaceFile}, for content that is not written from its start to its end. */
export async function replaceFileBy(
  path: string,
  write: (file: Deno.FsFile) => Promise<void>,
): Promise<void> {
  await writingTo(path, async () => {
    await Deno.mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${crypto.randomUUID().slice(0, 8)}.tmp`;
    try {
      using file = await Deno.open(temporary, { read: true, write: true, createNew: true });
      await write(file);
      await file.syncData();
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
    await Deno.rename(temporary, path);
    await flushFolder(dirname(path));
  });
}

/** Removes what {@linkcode replaceFile} left of a file, or of all in its folder, when its process died. */
export async function removeTemporaries(folder: string, name = ""): Promise<void> {
  for (const entry of await namesIn(folder)) {
    if (isTemporary(entry, name)) await Deno.remove(join(folder, entry));
  }
}

/** Whether a name in a folder is what {@linkcode replaceFile} writes a file into at first. */
export function isTemporary(entry: string, name: string): boolean {
  return entry.startsWith(name) && /\.[0-9a-f]{8}\.tmp$/.test(entry);
}

/** The new name outlives a loss of power only then; Windows opens no folders, and sees to it itself. */
async function flushFolder(path: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using folder = await Deno.open(path);
  await folder.syncData();
}

function partsOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}
