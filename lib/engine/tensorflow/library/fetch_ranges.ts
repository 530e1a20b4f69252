import { join } from "@std/path";
import { takeLock } from "../../../files/file_lock.ts";
import { fetchFile } from "../../../files/remote/fetch_file.ts";
import { FetchError, type RetryOptions } from "../../../files/remote/remote_file.ts";
import { LibraryError } from "../../errors.ts";
import { findWheel } from "./package_index.ts";
import { type Wheel, wheelName } from "./wheels.ts";

/** What of a wheel is fetched, and where to. */
export interface RangesRequest {
  /** The address of a package index, with a slash at its end. */
  readonly index: string;
  readonly wheel: Wheel;
  /** The folder that keeps what was fetched, until all is there. */
  readonly folder: string;
}

/** How {@linkcode fetchRanges} works. */
export interface RangesOptions {
  readonly onMessage?: ((line: string) => void) | undefined;
  /** Receives the bytes that are there, and how many will be. */
  readonly onBytes?: ((bytes: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An index that does not answer is not waited for as long as a download is: pip is tried then. */
const indexRetry: RetryOptions = { idleTimeout: 15_000, attempts: 2, delay: 1000, maxDelay: 5000 };

/**
 * Fetches the deflated files of a wheel that are kept, each by HTTP ranges into `folder`, and verifies
 * their digests. A later call resumes an interrupted one.
 *
 * @throws {FetchError} If the index is none for this way, or the server sends no ranges or cannot be
 *   reached.
 * @throws {LibraryError} If a server has other bytes than those that were published.
 * @throws {DOMException} `AbortError` once `signal` is aborted.
 */
export async function fetchRanges(
  { index, wheel, folder }: RangesRequest,
  { onMessage = () => {}, onBytes = () => {}, signal }: RangesOptions,
): Promise<void> {
  // A process that outlived the one that started it may still write here.
  using _lock = await takeLock(join(folder, "lock"), signal ? { signal } : {});
  const options = { onMessage, ...(signal ? { signal } : {}) };
  const url = await findWheel(index, wheel, folder, { ...options, retry: indexRetry });
  const total = packedBytes(wheel);
  let before = 0;
  for (const [name, { packed: { offset, bytes, sha256 } }] of Object.entries(wheel.files)) {
    const digest = { algorithm: "sha256", value: sha256 } as const;
    const file = { name: `${name} of ${wheelName(wheel)}`, url, offset, bytes, digest };
    try {
      await fetchFile(file, packedPath(folder, name), {
        ...options,
        onProgress: ({ stage, bytes }) => stage === "fetching" && onBytes(before + bytes, total),
      });
    } catch (error) {
      if (!(error instanceof FetchError) || !error.failure.different) throw error;
      throw new LibraryError(`${error.message}; it is not used: check PIP_INDEX_URL`);
    }
    before += bytes;
  }
}

/** The size of what is fetched of a wheel. */
export function packedBytes({ files }: Wheel): number {
  return Object.values(files).reduce((sum, { packed }) => sum + packed.bytes, 0);
}

/** The path of a wheel's file before it is inflated. */
export function packedPath(folder: string, name: string): string {
  return join(folder, `${name}.deflated`);
}
