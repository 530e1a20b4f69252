import { createHash } from "node:crypto";
import { setTimeout as pauseFor } from "node:timers/promises";
import {
  FetchError,
  type FetchOptions,
  type FetchProgress,
  type Patience,
  patience as usualPatience,
  type RemoteFile,
} from "./remote_file.ts";
import { addressesOf } from "./mirrors.ts";
import { requestFile } from "./http_request.ts";
import { untilAborted } from "./abortable.ts";
import { watchSilence } from "./idle_timeout.ts";
import { writeAll } from "../../files/write.ts";

/** A try that brings a file on by less has failed like one that brings nothing. */
const leastGain = 2 ** 16;

/** A fetch under way. */
interface Fetch {
  readonly file: RemoteFile;
  readonly part: string;
  readonly patience: Patience;
  readonly signal: AbortSignal | undefined;
  readonly say: (line: string) => void;
  readonly progress: (stage: FetchProgress["stage"], bytes: number) => void;
}

/**
 * Fetches a file and verifies its size and digest. What was fetched before is kept: the same call takes
 * a download up where it stopped. A server that fails is tried again after a while, then its mirrors are.
 *
 * @param part Where it is written; whole and verified once this returns. Only one call at a time may
 *   write there.
 * @throws {FetchError} Where no server gives the file; what is not the one expected is thrown away.
 */
export async function fetchFile(
  file: RemoteFile,
  part: string,
  { onProgress = () => {}, onMessage = () => {}, signal, patience = usualPatience }: FetchOptions =
    {},
): Promise<void> {
  const progress = (stage: FetchProgress["stage"], bytes: number): void => {
    signal?.throwIfAborted();
    onProgress({ stage, bytes, total: file.bytes });
  };
  const fetching = { file, part, patience, signal, say: onMessage, progress };
  const failures: FetchError[] = [];
  for (const url of addressesOf(file)) {
    try {
      return await fetchFrom(url, fetching);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      failures.push(error);
    }
  }
  throw new FetchError(
    `${failures.map(({ message }) => message).join("; ")}${await adviceOf(failures, fetching)}`,
  );
}

/** What somebody can do whose file no server gave. */
async function adviceOf(failures: readonly FetchError[], { part }: Fetch): Promise<string> {
  if (failures.every(({ failure }) => failure.unreachable)) {
    return `; without a connection, put a copy of it at ${part}: the same command goes on from there`;
  }
  return await sizeOf(part) > 0 ? "; the same command resumes it" : "";
}

async function fetchFrom(url: string, fetching: Fetch): Promise<void> {
  const begun = await sizeOf(fetching.part) > 0;
  await fetchPatiently(url, fetching);
  let misfit = await findMisfit(url, fetching);
  if (misfit !== undefined && begun) {
    // The part that was there may have been of another version, or none of it at all.
    await fetchPatiently(url, fetching);
    misfit = await findMisfit(url, fetching);
  }
  if (misfit !== undefined) throw new FetchError(misfit);
}

/** Goes on with a file until it has its size. */
async function fetchPatiently(url: string, fetching: Fetch): Promise<void> {
  const { part, patience, signal, say } = fetching;
  let pause = patience.pause;
  for (let failed = 0;;) {
    const before = await sizeOf(part);
    try {
      return await fetchRest(url, fetching);
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof FetchError) || !error.failure.passing) throw error;
      if (await sizeOf(part) - before >= leastGain) [failed, pause] = [0, patience.pause];
      const wait = Math.max(error.failure.after ?? 0, pause * (0.5 + Math.random() / 2));
      if (++failed >= patience.tries || wait > patience.longestPause) throw error;
      say(`${error.message}; trying again in ${Math.ceil(wait / 1000)} s`);
      await pauseFor(wait, undefined, signal ? { signal } : {});
      pause = Math.min(2 * pause, patience.longestPause);
    }
  }
}

/** Appends to the file what it still lacks. */
async function fetchRest(url: string, fetching: Fetch): Promise<void> {
  const { file: { bytes }, part, patience, signal, progress } = fetching;
  if (await sizeOf(part) > bytes) await Deno.remove(part);
  let have = await sizeOf(part);
  if (have === bytes) return;
  using silence = watchSilence(patience.silence, signal);
  const explained = (error: unknown, what: string): unknown => {
    if (signal?.aborted || error instanceof FetchError) return error;
    if (error instanceof Deno.errors.NotCapable) {
      return new FetchError(`${url} may not be reached by this task`);
    }
    const why = silence.isOver ? `silent for ${patience.silence / 1000} s` : oneLine(error);
    return new FetchError(`${url} ${what}: ${why}`, {
      passing: true,
      unreachable: what === unreached,
    });
  };
  const { start, body } = await requestFile(url, { start: have, bytes, signal: silence.signal })
    .catch((error) => {
      throw explained(error, unreached);
    });
  using target = await Deno.open(part, { write: true, create: true });
  await target.truncate(start);
  await target.seek(start, Deno.SeekMode.Start);
  have = start;
  const reader = body.getReader();
  try {
    while (have < bytes) {
      const { done, value } = await untilAborted(reader.read(), silence.signal).catch((error) => {
        throw explained(error, `broke off after ${have} bytes`);
      });
      if (done) break;
      silence.end();
      await writeAll(target, value);
      have += value.length;
      progress("fetching", have);
      silence.begin();
    }
  } finally {
    silence.end();
    await reader.cancel().catch(() => {});
  }
  await target.sync();
  if (have < bytes) {
    throw new FetchError(`${url} ended after ${have} of ${bytes} bytes`, { passing: true });
  }
}

const unreached = "cannot be reached";

/** Says what is wrong, and throws the file away, unless it is the one expected, byte for byte. */
async function findMisfit(url: string, fetching: Fetch): Promise<string | undefined> {
  const { file: { name, bytes: expected, digest: { algorithm, value } }, part, progress } =
    fetching;
  const hash = createHash(algorithm);
  let bytes = 0;
  const file = await Deno.open(part);
  for await (const chunk of file.readable) {
    hash.update(chunk);
    bytes += chunk.length;
    progress("verifying", bytes);
  }
  const digest = hash.digest("hex");
  if (bytes === expected && digest === value) return undefined;
  await Deno.remove(part);
  const [what, wanted, received] = bytes === expected
    ? [algorithm === "sha256" ? "SHA-256" : "MD5", value, digest]
    : ["size in bytes", expected, bytes];
  return `What ${url} gave is not ${name}: its ${what} must be ${wanted}. Received: ${received}`;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await Deno.stat(file)).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

function oneLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}
