import { dirname } from "@std/path";
import { writeAll } from "./write_all.ts";

/** Text, bytes, or bytes in parts. */
type Content = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that a reader sees the old content or the whole new one, never a part: into a
 * temporary name beside it, flushed to the disk, then renamed.
 *
 * @param content Parts are asked for one after the other.
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
}

function partsOf(content: Content): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === "string") return [new TextEncoder().encode(content)];
  return content instanceof Uint8Array ? [content] : content;
}
