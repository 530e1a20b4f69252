import { FetchError, type UncheckedFile } from "./remote_file.ts";

/** The rest of a file, or all of it. */
export interface FileResponse {
  /** Position of the first byte in the file: 0 if the server sends the file from its start. */
  readonly start: number;
  /** The file's size, if it is known. */
  readonly bytes: number | undefined;
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

interface FileRequest {
  readonly file: Pick<UncheckedFile, "bytes" | "offset" | "accept">;
  /** The first byte of it to send. */
  readonly start: number;
  readonly signal: AbortSignal;
}

const maxRedirects = 5;
const retryableStatuses: readonly number[] = [408, 425, 429, 500, 502, 503, 504];
const missingStatuses: readonly number[] = [404, 410];

/**
 * Requests a file from a byte on, and checks that the answer can be that file before anything is
 * written: a login page or an error does not replace what was fetched before.
 *
 * @throws {FetchError} If the server refuses, or has something else there.
 */
export async function requestFile(url: string, request: FileRequest): Promise<FileResponse> {
  const { file: { accept }, start, signal } = request;
  const response = await followRedirects(url, {
    headers: {
      // A compressed answer would have another size, and its ranges other positions.
      "accept-encoding": "identity",
      ...(accept === undefined ? {} : { accept }),
      ...rangeHeader(request),
    },
    signal,
  });
  try {
    const { first, size } = rangeOf(url, response, request);
    if (first === 0 || first === start) {
      return { start: first, bytes: size, body: response.body ?? ReadableStream.from([]) };
    }
    if (start === 0) throw new FetchError(`${url} sent a range that was not requested`);
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
  // The server's ranges are wrong: request the whole file.
  await response.body?.cancel();
  return await requestFile(url, { ...request, start: 0 });
}

function rangeHeader({ file: { offset, bytes = 0 }, start }: FileRequest): { range?: string } {
  if (offset !== undefined) return { range: `bytes=${offset + start}-${offset + bytes - 1}` };
  return start > 0 ? { range: `bytes=${start}-` } : {};
}

async function followRedirects(address: string, init: RequestInit): Promise<Response> {
  let url = new URL(address);
  for (let redirects = 0; redirects <= maxRedirects; redirects++) {
    const response = await fetch(url, { ...init, redirect: "manual" });
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return response;
    await response.body?.cancel();
    url = redirected(url, location);
  }
  throw new FetchError(`${address} was redirected more than ${maxRedirects} times`);
}

/**
 * Resolves a redirect. It may lead to any host over https, since the digest proves the file and not the
 * host, or stay on the same origin; nothing leads from https to http.
 *
 * @throws {FetchError} If it leads anywhere else.
 */
export function redirected(from: URL, location: string): URL {
  const to = URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to && (to.protocol === "https:" || to.origin === from.origin)) return to;
  const shown = location.slice(0, 200);
  throw new FetchError(
    `${from} was redirected to ${shown}: only https, or the same server, is followed`,
  );
}

/** The position in the file of the first byte that an answer sends, NaN if it does not say, and its size. */
function rangeOf(
  url: string,
  { status, statusText, headers }: Response,
  { file: { bytes, offset }, start }: FileRequest,
): { first: number; size: number | undefined } {
  const range = headers.get("content-range") ?? "";
  // Nothing is left of a file whose size was not known before.
  if (status === 416 && bytes === undefined && range === `bytes */${start}`) {
    return { first: start, size: start };
  }
  if (status !== 200 && status !== 206) {
    const retryable = retryableStatuses.includes(status);
    const retryAfter = retryable ? parseRetryAfter(headers) : undefined;
    throw new FetchError(`${url} was refused: ${status} ${statusText}`.trim(), {
      retryable,
      ...(retryAfter === undefined ? {} : { retryAfter }),
      ...(missingStatuses.includes(status) ? { missing: true } : {}),
    });
  }
  if (/^\s*text\/html\b/i.test(headers.get("content-type") ?? "")) {
    throw new FetchError(
      `${url} sent a web page and not the file: does this network ask for a login first?`,
    );
  }
  const [, from, to, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(range) ?? [];
  if (offset !== undefined && bytes !== undefined) {
    if (status === 200) throw new FetchError(`${url} is only sent as a whole`);
    const isAsked = Number(from) === offset + start && Number(to) === offset + bytes - 1;
    if (!isAsked) throw new FetchError(`${url} sent a range that was not requested`);
    return { first: start, size: bytes };
  }
  const text = status === 206 ? size : headers.get("content-length");
  const claimed = text ? Number(text) : bytes;
  if (bytes !== undefined && claimed !== bytes) {
    throw new FetchError(`${url} has ${claimed} bytes. Expected: ${bytes}`);
  }
  return { first: status === 200 ? 0 : Number(from ?? NaN), size: claimed };
}

/** Milliseconds that `Retry-After` asks for, in seconds or as a date. */
function parseRetryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after");
  if (text === null) return undefined;
  const wait = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

/**
 * Waits for a server's answer, but only for a time, or until `signal` is aborted. The signal is not left
 * to `fetch`: that of Deno 2.9.6 may miss an abort while it waits (denoland/deno#29075).
 *
 * @throws {Error} After `milliseconds`, or the signal's reason once it is aborted.
 */
export async function idleTimeout<T>(
  answer: Promise<T>,
  milliseconds: number,
  signal?: AbortSignal,
): Promise<T> {
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal?.reason);
  const timer = setTimeout(
    () => reject(new Error(`silent for ${milliseconds / 1000} s`)),
    milliseconds,
  );
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) abort();
  try {
    return await Promise.race([answer, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  }
}
