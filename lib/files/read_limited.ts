import { unicodeOf } from "./decode_text.ts";
import { mapReadErrors } from "./read.ts";

/** The most bytes that a file may have, by its kind. */
export const maxFileBytes = {
  /** The largest picture that is decoded takes less without compression. */
  image: 2 ** 29,
  /** `run.json`, which names each class and each broken image. */
  record: 2 ** 26,
  /** A line for each epoch, or for each image of a split without its probabilities. */
  lines: 2 ** 26,
  /** A line with the probabilities of all classes for each image. */
  predictions: 2 ** 33,
  /** `evaluation.json`, with a confusion matrix of up to ten thousand classes. */
  evaluation: 2 ** 28,
  /** A table of class names or labels. */
  table: 2 ** 28,
  /** A file of a data set that holds many images. */
  images: 2 ** 32,
  note: 2 ** 16,
} as const;

/** A file is not a regular file, or has more bytes than its kind may have. The message does not name it. */
export class FileLimitError extends Error {
  override readonly name = "FileLimitError";
}

/**
 * Checks, before anything is opened or read, that a path is a regular file (or a link to one) of a limited
 * size. A FIFO would block for ever, and a device such as `/dev/zero` never ends.
 *
 * @throws {FileLimitError} If it is not; {ReadError} and the errors of `Deno.stat` otherwise.
 */
export async function requireLimited(path: string, maxBytes: number): Promise<void> {
  const { isFile, isDirectory, size } = await mapReadErrors(path, () => Deno.stat(path));
  if (isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
  if (!isFile) throw new FileLimitError("it must be a regular file. Received: a device or a pipe");
  if (size > maxBytes) {
    throw new FileLimitError(`it must have at most ${maxBytes} bytes. Received: ${size}`);
  }
}

/** Reads the bytes of a file within its limit. @throws {FileLimitError} See {@linkcode requireLimited}. */
export async function readLimited(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  await requireLimited(path, maxBytes);
  return await mapReadErrors(path, () => Deno.readFile(path));
}

/**
 * Reads the text of a file within its limit, in UTF-8 or, if it begins with the mark of that, in UTF-16, as
 * PowerShell writes it. The mark is left off.
 *
 * @throws {FileLimitError} See {@linkcode requireLimited}.
 */
export async function readLimitedText(path: string, maxBytes: number): Promise<string> {
  const bytes = await readLimited(path, maxBytes);
  return new TextDecoder(unicodeOf(bytes)).decode(bytes);
}
