import { dirname } from "@std/path";
import { reservedName } from "./reserved_names.ts";

/** A file cannot be written; the message is one line for the user. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** What the system's error codes mean to the user. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the user's share of the disk is used up",
  EBUSY: "another program uses it",
  EROFS: "the disk is read-only",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EIO: "the disk reports an error",
  EFBIG: "the file would be larger than the system allows",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/**
 * Runs `work`, which writes to `path`, and explains the system's refusals.
 *
 * @throws {WriteError} If the system refuses the write; other errors are passed on.
 */
export async function mapWriteErrors<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw explainWriteError(path, error);
  }
}

/** The error that says why `path` cannot be written, or the given one if the system did not refuse that. */
export function explainWriteError(path: string, error: unknown): unknown {
  const reason = reasons[(error as { code?: unknown } | undefined)?.code as string];
  return reason ? new WriteError(`${path} cannot be written: ${reason}`) : error;
}

/** @throws {WriteError} If `path` has a name that the system `os` reserves. */
export function requireNames(path: string, os: string = Deno.build.os): void {
  const name = os === "windows" ? reservedName(path) : undefined;
  if (name === undefined) return;
  throw new WriteError(`${path} cannot be written: Windows reserves the name ${name}`);
}

/**
 * Checks that files can be written into a folder, which may still be missing. Nothing is written around it:
 * this process may have no permission for that.
 *
 * @throws {WriteError} If they cannot.
 */
export async function requireWritable(directory: string, attempts = 3): Promise<void> {
  requireNames(directory);
  const missing = await firstMissing(directory);
  try {
    await mapWriteErrors(directory, async () => {
      if (missing === undefined) {
        await Deno.remove(await Deno.makeTempFile({ dir: directory, prefix: ".writable-" }));
      } else {
        await Deno.mkdir(missing);
        await Deno.remove(missing).catch(() => {}); // Another process may have put something into it.
      }
    });
  } catch (error) {
    // Another process makes or removes the same folder.
    const isRace = error instanceof Deno.errors.AlreadyExists ||
      error instanceof Deno.errors.NotFound;
    if (!isRace || attempts === 1) throw error;
    await requireWritable(directory, attempts - 1);
  }
}

/** The uppermost folder that is missing of a path, if it is not there itself. */
async function firstMissing(path: string): Promise<string | undefined> {
  if (await Deno.stat(path).then(() => true, () => false)) return undefined;
  const parent = dirname(path);
  return parent === path ? path : await firstMissing(parent) ?? path;
}

/** Writes all bytes at the file's position: one call of `write` may take only a part of them. */
export async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

/** The text of a JSON file. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

/** The text of a file with one JSON value per line. */
export function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value) + "\n").join("");
}

/** As many characters are written at once. */
const partLength = 2 ** 20;

/**
 * The bytes of a file with one JSON value per line, in parts: the probabilities of 50,000 images are longer than a
 * text can be.
 *
 * @param toValue Gives the value of a line.
 */
export function* jsonLineParts<T>(
  items: Iterable<T>,
  toValue: (item: T) => unknown,
): Generator<Uint8Array<ArrayBuffer>, void, void> {
  const encoder = new TextEncoder();
  let text = "";
  for (const item of items) {
    text += JSON.stringify(toValue(item)) + "\n";
    if (text.length < partLength) continue;
    yield encoder.encode(text);
    text = "";
  }
  yield encoder.encode(text);
}

/** The time in UTC as part of a file's name, `20261124-231500`: names sort by time. */
export function timeStamp(): string {
  return new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}
