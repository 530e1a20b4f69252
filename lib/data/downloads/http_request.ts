import { fetchFollowing } from "./follow_redirects.ts";
import { FetchError } from "./remote_file.ts";

/** The rest of a file, or all of it. */
export interface FileResponse {
  /** Where its bytes belong: 0 where the server begins anew. */
  readonly start: number;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** Answers that may well be others in a while. */
const passingStatuses: readonly number[] = [408, 425, 429, 500, 502, 503, 504];

/**
 * Asks a server for a file from a byte on, and makes sure that what it is about to send can be that file:
 * nothing that was fetched before is given up for a login page or an error.
 *
 * @param bytes The file's size.
 * @throws {FetchError} Where the server refuses, or has something else there.
 */
export async function requestFile(
  url: string,
  { start, bytes, signal }: {
    readonly start: number;
    readonly bytes: number;
    readonly signal: AbortSignal;
  },
): Promise<FileResponse> {
  const response = await fetchFollowing(url, {
    headers: {
      // A packed answer would have another size, and its parts other places.
      "accept-encoding": "identity",
      ...(start > 0 ? { range: `bytes=${start}-` } : {}),
    },
    signal,
  });
  try {
    const place = placeOf(url, response, bytes);
    if (place === 0 || place === start) {
      return { start: place, body: response.body ?? ReadableStream.from([]) };
    }
    if (start === 0) throw new FetchError(`${url} gave a part that nobody asked for`);
    // A server whose ranges are wrong is asked as one that knows none.
    await response.body?.cancel();
    return await requestFile(url, { start: 0, bytes, signal });
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}

/** Where in the file an answer's bytes lie. */
function placeOf(url: string, { status, statusText, headers }: Response, bytes: number): number {
  if (status !== 200 && status !== 206) {
    const passing = passingStatuses.includes(status);
    const after = passing ? retryAfter(headers) : undefined;
    throw new FetchError(`${url} was refused: ${status} ${statusText}`.trim(), {
      passing,
      ...(after === undefined ? {} : { after }),
    });
  }
  if (/^\s*text\/html\b/i.test(headers.get("content-type") ?? "")) {
    throw new FetchError(
      `${url} gave a web page and not the file: does this network ask for a login first?`,
    );
  }
  const [, from, size] = /^bytes (\d+)-\d+\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  const length = headers.get("content-length");
  const claimed = status === 206 ? Number(size ?? bytes) : Number(length ?? bytes);
  if (claimed !== bytes) {
    throw new FetchError(`${url} is of ${claimed} bytes. Expected: ${bytes}`);
  }
  // A part of unknown place is of no use.
  return status === 200 ? 0 : Number(from ?? NaN);
}

/** The milliseconds that `Retry-After` asks for, in seconds or by a date. */
function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}
