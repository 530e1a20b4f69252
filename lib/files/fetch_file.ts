import { createHash } from "node:crypto";
import { writeAll } from "./write_all.ts";

/** A file on a server, with what proves it whole. */
export interface RemoteFile {
  /** For messages. */
  readonly name: string;
  readonly url: string;
  /** Its size, where its publisher states one. */
  readonly bytes?: number;
  readonly digest: { readonly algorithm: "sha256" | "md5"; readonly value: string };
}

/** How far a file is. */
export interface FetchProgress {
  readonly stage: "fetching" | "verifying";
  /** Bytes done with in this stage, of how many; 0 where nobody says how many there are. */
  readonly bytes: number;
  readonly total: number;
}

export interface FetchOptions {
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
}

/** A server refuses, breaks off, or gives another file than the one expected. */
export class FetchError extends Error {
  override readonly name = "FetchError";
}

/**
 * Fetches a file and verifies its size and digest. What was fetched before is kept: the same call takes
 * a download up where it stopped.
 *
 * @param part Where it is written; whole and verified once this returns.
 * @throws {FetchError} Where the server refuses or breaks off; or the file is not the one expected, which
 *   is then thrown away.
 */
export async function fetchFile(
  file: RemoteFile,
  part: string,
  { onProgress = () => {}, signal }: FetchOptions = {},
): Promise<void> {
  const progress = (stage: FetchProgress["stage"], bytes: number, total: number): void => {
    signal?.throwIfAborted();
    onProgress({ stage, bytes, total });
  };
  await fetchRest(file, part, signal, (bytes, total) => progress("fetching", bytes, total));
  await verify(file, part, (bytes, total) => progress("verifying", bytes, total));
}

/** Appends to the file what it still lacks. */
async function fetchRest(
  file: RemoteFile,
  part: string,
  signal: AbortSignal | undefined,
  onBytes: (bytes: number, total: number) => void,
): Promise<void> {
  let have = await sizeOf(part);
  if (have > (file.bytes ?? Infinity)) {
    await Deno.remove(part);
    have = 0;
  }
  if (have === file.bytes) return;
  const response = await request(file, have, signal);
  if (response.status === 416) return; // There is no more; the digest tells whether it is all.
  // A server that knows no ranges answers 200 and begins anew.
  const resumed = response.status === 206;
  if (!resumed) have = 0;
  const total = file.bytes ?? have + Number(response.headers.get("content-length") ?? 0);
  using target = await Deno.open(part, {
    write: true,
    create: true,
    append: resumed,
    truncate: !resumed,
  });
  try {
    for await (const chunk of response.body ?? []) {
      await writeAll(target, chunk);
      have += chunk.length;
      onBytes(have, total);
      if (have > (file.bytes ?? Infinity)) break;
    }
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new FetchError(`${file.url} broke off after ${have} bytes; the same command resumes it`);
  }
  if (have < total) {
    throw new FetchError(
      `${file.url} ended after ${have} of ${total} bytes; the same command resumes it`,
    );
  }
}

async function request(
  { url, bytes }: RemoteFile,
  have: number,
  signal: AbortSignal | undefined,
): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal: signal ?? null,
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new FetchError(`${url} cannot be reached: ${oneLine(error)}`);
  }
  const { status, statusText } = response;
  if (status === 200) return response;
  const range = response.headers.get("content-range") ?? "";
  if (status === 206 && range.startsWith(`bytes ${have}-`)) return response;
  await response.body?.cancel();
  if (status === 416 && bytes === undefined && have > 0) return response;
  throw new FetchError(`${url} was refused: ${status} ${statusText}`.trim());
}

/** Throws, and throws the file away, unless it is the one expected, byte for byte. */
async function verify(
  { name, url, bytes: expected, digest: { algorithm, value } }: RemoteFile,
  part: string,
  onBytes: (bytes: number, total: number) => void,
): Promise<void> {
  const hash = createHash(algorithm);
  const total = await sizeOf(part);
  let bytes = 0;
  const file = await Deno.open(part);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.length;
    onBytes(bytes, total);
  }
  const digest = hash.digest("hex");
  const sizeFits = expected === undefined || bytes === expected;
  if (sizeFits && digest === value) return;
  await Deno.remove(part);
  const [what, wanted, received] = sizeFits
    ? [algorithm === "sha256" ? "SHA-256" : "MD5", value, digest]
    : ["size in bytes", expected, bytes];
  throw new FetchError(
    `What ${url} gave is not ${name}: its ${what} must be ${wanted}. Received: ${received}`,
  );
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
