import { basename } from "@std/path";
import { writeAll } from "../../../files/write.ts";
import { LibraryError } from "../../errors.ts";
import type { PinnedFile } from "./wheels.ts";

/** Deflated bytes in a file. */
export interface PackedBytes {
  readonly path: string;
  /** The position of the first byte. */
  readonly offset: number;
  readonly bytes: number;
}

const blockSize = 2 ** 20;

/**
 * Inflates bytes whose digest was verified into a new file, and flushes it to the disk. The content is not
 * verified here.
 *
 * @param onBytes Receives the bytes that were written so far.
 * @throws {LibraryError} If they are not deflated, or have another size.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function unpackMember(
  packed: PackedBytes,
  target: string,
  { bytes }: Pick<PinnedFile, "bytes">,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  using file = await Deno.open(target, { write: true, create: true, truncate: true });
  let written = 0;
  const inflated = ReadableStream.from(readBlocks(packed))
    .pipeThrough(new DecompressionStream("deflate-raw"));
  try {
    for await (const block of inflated) {
      signal?.throwIfAborted();
      written += block.length;
      if (written > bytes) break;
      await writeAll(file, block);
      onBytes(written);
    }
  } catch (error) {
    if (error instanceof TypeError) throw wrong(target, "is damaged");
    throw error;
  }
  if (written !== bytes) throw wrong(target, `has not ${bytes} bytes`);
  await file.sync();
}

function wrong(target: string, what: string): LibraryError {
  return new LibraryError(`the wheel's library was not unpacked: ${basename(target)} ${what}`);
}

async function* readBlocks(
  { path, offset, bytes }: PackedBytes,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  using file = await Deno.open(path);
  await file.seek(offset, Deno.SeekMode.Start);
  for (let left = bytes; left > 0;) {
    const block = new Uint8Array(Math.min(blockSize, left));
    const count = await file.read(block);
    if (count === null) return;
    left -= count;
    yield block.subarray(0, count);
  }
}
