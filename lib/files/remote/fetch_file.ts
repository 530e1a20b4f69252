import { setTimeout as delay } from "node:timers/promises";
import { mapWriteErrors, writeAll } from "../write.ts";
import { explainFailure } from "./explain_failure.ts";
import { type FileResponse, idleTimeout, requestFile } from "./http_request.ts";
import {
  addressesOf,
  defaultRetry,
  FetchError,
  type FetchOptions,
  type FetchProgress,
  type RetryOptions,
  type UncheckedFile,
} from "./remote_file.ts";
import { findMismatch } from "./verify_file.ts";

/** An attempt that fetches fewer bytes has made no progress. */
const minProgress = 2 ** 16;

/** The maximum size of a file whose size is unknown, in bytes. */
const maxUnknown = 2 ** 32;

/** See {@linkcode RetryOptions}. */
const usualLeastRate = { bytes: 60 * 1024, milliseconds: 60_000 };

/** A fetch under way. */
interface Fetch {
  readonly file: UncheckedFile;
  readonly part: string;
  readonly retry: RetryOptions;
  readonly signal: AbortSignal | undefined;
  readonly log: (line: string) => void;
  readonly progress: (stage: FetchProgress["stage"], bytes: number, total?: number) => void;
}

/**
 * Fetches a file and verifies its size and digest, as far as they are known. It keeps what was fetched before: the same call
 * resumes a download where it stopped. A server that fails is retried, then its mirrors are tried.
 *
 * @param part Path of the file; complete and verified once this returns. Only one call at a time may
 *   write there.
 * @throws {FetchError} If no server sends the file; a file that is not the expected one is removed.
 * @throws {WriteError} If it cannot be written.
 */
export async function fetchFile(
  file: UncheckedFile,
  part: string,
  { onProgress, onMessage = () => {}, signal, retry = defaultRetry }: FetchOptions = {},
): Promise<void> {
  const progress = (
    stage: FetchProgress["stage"],
    bytes: number,
    total = file.bytes ?? NaN,
  ): void => {
    signal?.throwIfAborted();
    onProgress?.({ stage, bytes, total });
  };
  const fetching = { file, part, retry, signal, log: onMessage, progress };
  const failures: FetchError[] = [];
  for (const url of addressesOf(file)) {
    try {
      return await mapWriteErrors(part, () => fetchFrom(url, fetching));
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      failures.push(error);
    }
  }
  const reasons = failures.map(({ message }) => message).join("; ");
  const isEvery = (what: "missing" | "unreachable" | "different"): boolean =>
    failures.every(({ failure }) => failure[what]);
  throw new FetchError(reasons + await adviceFor(file, failures, part), {
    missing: isEvery("missing"),
    unreachable: isEvery("unreachable"),
    different: isEvery("different"),
  });
}

/** What the user can do if no server sent the file. */
async function adviceFor(
  { digest, offset }: UncheckedFile,
  failures: readonly FetchError[],
  part: string,
): Promise<string> {
  if (failures.every(({ failure }) => failure.unreachable)) {
    const advice = new Set(failures.flatMap(({ failure }) => failure.advice ?? []));
    const lines = [...advice].map((line) => `; ${line}`).join("");
    // Only a digest tells a copy from a part of one, and nobody has a copy of a range.
    return lines + (digest && offset === undefined ? copyAdvice(part) : "");
  }
  return await sizeOf(part) > 0 ? "; the same command resumes it" : "";
}

/** What the user can do who has no connection. */
export function copyAdvice(path: string): string {
  return `; without a connection, put a copy of it at ${path} and run the same command again`;
}

async function fetchFrom(url: string, fetching: Fetch): Promise<void> {
  const resumed = await sizeOf(fetching.part) > 0;
  const { file, part, progress } = fetching;
  const check = (): Promise<string | undefined> =>
    findMismatch(url, file, part, (bytes) => progress("verifying", bytes));
  await fetchWithRetries(url, fetching);
  let mismatch = await check();
  if (mismatch !== undefined && resumed) {
    // The part from before may belong to another version, or to another file.
    await fetchWithRetries(url, fetching);
    mismatch = await check();
  }
  if (mismatch !== undefined) throw new FetchError(mismatch, { different: true });
}

/** Fetches until the file has its size. */
async function fetchWithRetries(url: string, fetching: Fetch): Promise<void> {
  const { part, retry, signal, log } = fetching;
  let pause = retry.delay;
  for (let failed = 0;;) {
    const before = await sizeOf(part);
    try {
      return await fetchRest(url, fetching);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof FetchError) || !error.failure.retryable) throw error;
      if (await sizeOf(part) - before >= minProgress) [failed, pause] = [0, retry.delay];
      const wait = Math.max(error.failure.retryAfter ?? 0, pause * (0.5 + Math.random() / 2));
      if (++failed >= retry.attempts || wait > retry.maxDelay) throw error;
      log(`${error.message}; trying again in ${Math.ceil(wait / 1000)} s`);
      await delay(wait, undefined, signal ? { signal } : {});
      pause = Math.min(2 * pause, retry.maxDelay);
    }
  }
}

/** Appends to the file what it still lacks. */
async function fetchRest(url: string, fetching: Fetch): Promise<void> {
  const { file, part } = fetching;
  const { bytes } = file;
  if (bytes !== undefined && await sizeOf(part) > bytes) await Deno.remove(part);
  const start = await sizeOf(part);
  if (start === bytes) return;
  // Aborted at the end in any case: no connection outlives its attempt.
  const connection = new AbortController();
  try {
    const request = requestFile(url, { file, start, signal: connection.signal });
    const response = await waitForServer(request, url, fetching, "cannot be reached", true);
    await append(response, url, fetching);
  } finally {
    connection.abort();
  }
}

async function append(
  { start, bytes, body }: FileResponse,
  url: string,
  fetching: Fetch,
): Promise<void> {
  const { part, progress, retry } = fetching;
  const reader = body.getReader();
  const checkRate = rateChecker(url, retry);
  let have = start;
  try {
    using target = await Deno.open(part, { write: true, create: true });
    await target.truncate(start);
    await target.seek(start, Deno.SeekMode.Start);
    while (have < (bytes ?? maxUnknown)) {
      const what = `broke off after ${have} bytes`;
      const { done, value } = await waitForServer(reader.read(), url, fetching, what);
      if (done) break;
      await writeAll(target, value);
      have += value.length;
      progress("fetching", have, bytes);
      if (have !== bytes) checkRate(value.length);
    }
    await target.sync();
  } finally {
    await reader.cancel().catch(() => {});
  }
  if (bytes === undefined && have >= maxUnknown) {
    throw new FetchError(`${url} sent more than ${maxUnknown} bytes`);
  }
  if (bytes !== undefined && have < bytes) {
    throw new FetchError(`${url} ended after ${have} of ${bytes} bytes`, { retryable: true });
  }
}

/** Returns a function that gets the size of each part, and throws if too few bytes come for too long. */
function rateChecker(
  url: string,
  { leastRate = usualLeastRate }: RetryOptions,
): (bytes: number) => void {
  let since = performance.now(), sum = 0;
  return (bytes) => {
    sum += bytes;
    const elapsed = performance.now() - since;
    if (elapsed < leastRate.milliseconds) return;
    if (sum * leastRate.milliseconds < leastRate.bytes * elapsed) {
      const seconds = Math.round(elapsed / 1000);
      throw new FetchError(`${url} is too slow: ${sum} bytes in ${seconds} s`, { retryable: true });
    }
    [since, sum] = [performance.now(), 0];
  };
}

/** Waits for a server, and explains why nothing came. */
async function waitForServer<T>(
  answer: Promise<T>,
  url: string,
  { retry, signal }: Fetch,
  what: string,
  unreachable = false,
): Promise<T> {
  try {
    return await idleTimeout(answer, retry.idleTimeout, signal);
  } catch (error) {
    if (signal?.aborted || error instanceof FetchError) throw error;
    if (error instanceof Deno.errors.NotCapable) {
      throw new FetchError(`${url} may not be reached by this task`);
    }
    const { reason, retryable, advice } = explainFailure(error, url);
    throw new FetchError(`${url} ${what}: ${reason}`, {
      ...{ retryable, unreachable },
      ...advice === undefined ? {} : { advice },
    });
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
