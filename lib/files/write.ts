import { dirname } from "@std/path";

/** A file cannot be written; the message is one line for the user. */
export class WriteError extends Error {
  override readonly name = "WriteError";
}

/** What the system's error codes mean to the user. */
const reasons: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the user's share of the disk is used up",
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
    const reason = reasons[(error as { code?: unknown } | undefined)?.code as string];
    throw reason ? new WriteError(`${path} cannot be written: ${reason}`) : error;
  }
}

/**
 * Checks that files can be written into a folder, which may still be missing.
 *
 * @throws {WriteError} If they cannot.
 */
export async function requireWritable(directory: string): Promise<void> {
  const existing = await nearestExisting(directory);
  await mapWriteErrors(directory, async () => {
    await Deno.remove(await Deno.makeTempFile({ dir: existing, prefix: ".writable-" }));
  });
}

/** The path itself, or the closest folder above it that exists. */
async function nearestExisting(path: string): Promise<string> {
  const parent = dirname(path);
  const exists = await Deno.stat(path).then(() => true, () => false);
  return exists || parent === path ? path : await nearestExisting(parent);
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

/** The time in UTC as part of a file's name, `20261124-231500`: names sort by time. */
export function timeStamp(): string {
  return new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
}
