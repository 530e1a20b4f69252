import { dirname } from "@std/path";
import type { FileHandle } from "node:fs/promises";

/** The machine cannot read a file that is there; the message is one line for the user. */
export class ReadError extends Error {
  override readonly name = "ReadError";
}

/** What the system's error codes mean to the user. */
const reasons: Readonly<Record<string, string>> = {
  EBUSY: "another program uses it",
  EIO: "the disk reports an error",
  ESTALE: "the file server has lost it",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/**
 * Runs `work`, which reads `path`, and tells faults of the machine from those of the file.
 *
 * @throws {ReadError} If the machine cannot read; other errors are passed on.
 */
export async function mapReadErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reason = reasons[(error as { code?: unknown } | undefined)?.code as string];
    throw reason ? new ReadError(`${path} cannot be read: ${reason}`) : error;
  }
}

/**
 * Fills `into` with the bytes of a file from a position on. Several reads of a `FileHandle` may run at
 * the same time; a `Deno.FsFile` has one position, and so allows one read at a time.
 *
 * @throws {Deno.errors.UnexpectedEof} If the file ends before.
 */
export async function readAt<Buffer extends ArrayBufferLike>(
  file: Deno.FsFile | FileHandle,
  position: number,
  into: Uint8Array<Buffer>,
): Promise<Uint8Array<Buffer>> {
  for (let done = 0; done < into.length;) {
    const count = await readSome(file, position + done, into.subarray(done));
    if (count === 0) throw new Deno.errors.UnexpectedEof("the file ends early");
    done += count;
  }
  return into;
}

async function readSome(
  file: Deno.FsFile | FileHandle,
  position: number,
  into: Uint8Array,
): Promise<number> {
  if (!(file instanceof Deno.FsFile)) {
    return (await file.read(into, 0, into.length, position)).bytesRead;
  }
  await file.seek(position, Deno.SeekMode.Start);
  return await file.read(into) ?? 0;
}

/**
 * Yields the lines of a UTF-8 stream as they arrive, without their ends, which may be those of Windows; the
 * last one need not have one.
 *
 * @throws {RangeError} If a line has more than `maxLength` characters.
 */
export async function* readLines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  maxLength = Infinity,
): AsyncGenerator<string, void, void> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield withoutReturn(part);
    if (rest.length > maxLength) {
      throw new RangeError(`a line must have at most ${maxLength} characters`);
    }
  }
  if (rest) yield withoutReturn(rest);
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

/** Lists the names in a folder; none if the folder is missing. @throws {ReadError} */
export async function listDir(folder: string): Promise<string[]> {
  try {
    return await mapReadErrors(
      folder,
      () => Array.fromAsync(Deno.readDir(folder), ({ name }) => name),
    );
  } catch (error) {
    const known = await folderError(error, folder);
    if (known instanceof Deno.errors.NotFound) return [];
    throw known;
  }
}

/**
 * Returns the error of a call that took `folder` for a folder: `NotADirectory` if it is a file or lies in
 * one, for which Windows has several others, else `error` itself.
 */
export async function folderError(error: unknown, folder: string): Promise<unknown> {
  if (error instanceof Deno.errors.NotADirectory || !await isWithinFile(folder)) return error;
  return new Deno.errors.NotADirectory(`${folder} is a file or lies in one`);
}

async function isWithinFile(path: string): Promise<boolean> {
  const info = await Deno.stat(path).catch(() => undefined);
  if (info) return info.isFile;
  const parent = dirname(path);
  return parent !== path && await isWithinFile(parent);
}
