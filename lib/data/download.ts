import { createHash } from "node:crypto";
import { extract } from "tar";
import { DataError } from "./errors.ts";
import { isFolder } from "./folders.ts";
import { type DownloadableSet, setPaths } from "./sets.ts";

/** What {@linkcode download} is about, and how far it is. */
export interface DownloadProgress {
  readonly stage: "fetching" | "verifying" | "unpacking";
  /** Bytes of the archive done with in this stage. */
  readonly bytes: number;
  /** Bytes of the whole archive. */
  readonly total: number;
}

/** How {@linkcode download} works. */
export interface DownloadOptions {
  /** The folder that holds downloaded sets; `data` by default. */
  readonly root?: string;
  readonly onProgress?: (progress: DownloadProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a data set, verifies its archive's size and digest, and unpacks it to a folder named for
 * the set. A download that was cut off is taken up where it stopped; the folder appears only once it
 * is whole. Where it is there already, nothing is done.
 *
 * @returns The set's folder.
 * @throws {DataError} Where the server refuses or breaks off, or the archive is not the one expected.
 *
 * @example
 * ```ts ignore
 * await download(downloadableSets[0], { onProgress: ({ bytes, total }) => report(bytes / total) });
 * ```
 */
export async function download(
  set: DownloadableSet,
  options: DownloadOptions = {},
): Promise<string> {
  const { root = "data", signal, onProgress = () => {} } = options;
  const { folder, part } = setPaths(set, root);
  if (await isFolder(folder)) return folder;
  await Deno.mkdir(root, { recursive: true });
  const progress = (stage: DownloadProgress["stage"], bytes: number): void => {
    signal?.throwIfAborted();
    onProgress({ stage, bytes, total: set.bytes });
  };
  await fetchRest(set, part, signal, (bytes) => progress("fetching", bytes));
  await verify(set, part, (bytes) => progress("verifying", bytes));
  progress("unpacking", 0);
  await unpack(part, folder);
  await Deno.remove(part);
  return folder;
}

/** Appends to the archive what it still lacks. */
async function fetchRest(
  set: DownloadableSet,
  part: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let have = await sizeOf(part);
  if (have > set.bytes) {
    await Deno.remove(part);
    have = 0;
  }
  if (have === set.bytes) return;
  const response = await request(set, have, signal);
  // A server that knows no ranges answers 200 and begins anew.
  const resumed = response.status === 206;
  if (!resumed) have = 0;
  using file = await Deno.open(part, {
    write: true,
    create: true,
    append: resumed,
    truncate: !resumed,
  });
  try {
    for await (const chunk of response.body ?? []) {
      await writeAll(file, chunk);
      have += chunk.length;
      onBytes(have);
      if (have > set.bytes) break;
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new DataError(`${set.url} broke off after ${have} bytes; the same command resumes it`);
  }
  if (have < set.bytes) {
    throw new DataError(
      `${set.url} ended after ${have} of ${set.bytes} bytes; the same command resumes it`,
    );
  }
}

async function request(
  set: DownloadableSet,
  have: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(set.url, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new DataError(`${set.url} cannot be reached: ${oneLine(error)}`);
  }
  if (response.status === 200) return response;
  const range = response.headers.get("content-range") ?? "";
  if (response.status === 206 && range.startsWith(`bytes ${have}-`)) return response;
  await response.body?.cancel();
  throw new DataError(`${set.url} was refused: ${response.status} ${response.statusText}`.trim());
}

/** Throws, and throws the archive away, unless it is the one expected, byte for byte. */
async function verify(
  set: DownloadableSet,
  part: string,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const hash = createHash("sha256");
  let bytes = 0;
  const file = await Deno.open(part);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(bytes);
  }
  const digest = hash.digest("hex");
  if (bytes === set.bytes && digest === set.sha256) return;
  await Deno.remove(part);
  const [what, expected, received] = bytes === set.bytes
    ? ["SHA-256", set.sha256, digest]
    : ["size in bytes", set.bytes, bytes];
  throw new DataError(
    `What ${set.url} gave is not ${set.name}'s archive: its ${what} must be ${expected}. ` +
      `Received: ${received}`,
  );
}

/** Unpacks beside the final folder first, so that a half unpacked one is never taken for whole. */
async function unpack(archive: string, folder: string): Promise<void> {
  const temporary = `${folder}.unpacking`;
  await removeFolder(temporary);
  await Deno.mkdir(temporary);
  try {
    // Every archive holds one folder, whose name we replace; tar refuses paths that lead outside.
    await extract({ file: archive, cwd: temporary, strip: 1 });
    await Deno.rename(temporary, folder);
  } catch (error) {
    await removeFolder(temporary);
    throw error;
  }
}

async function removeFolder(folder: string): Promise<void> {
  if (await isFolder(folder)) await Deno.remove(folder, { recursive: true });
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch {
    return 0;
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
