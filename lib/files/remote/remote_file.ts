import { basename } from "@std/path";
import { oneLine } from "../../display/format.ts";

/** A file on a server whose size and digest may be unknown. */
export interface UncheckedFile {
  /** For messages. */
  readonly name: string;
  /** The first address that is tried. */
  readonly url: string;
  /** Other addresses of the same bytes, tried in this order if the first fails. */
  readonly mirrors?: readonly string[];
  /** The size of the file. Without it, the server's word is taken. */
  readonly bytes?: number;
  /**
   * The position of its first byte in what the server has: the file is a part of that, and the server must
   * send ranges. Its size must be known.
   */
  readonly offset?: number;
  /** The media type to ask for, where an address has several. */
  readonly accept?: string;
  /** The digest of the file, in hexadecimal. */
  readonly digest?: { readonly algorithm: "sha256" | "md5"; readonly value: string };
}

/** A file on a server, with the size and digest that prove it complete. */
export interface RemoteFile extends UncheckedFile {
  /** The size of the file. */
  readonly bytes: number;
  /** The digest of the file, in hexadecimal. */
  readonly digest: { readonly algorithm: "sha256" | "md5"; readonly value: string };
}

/** How far a file is. */
export interface FetchProgress {
  /** What is done with the file. */
  readonly stage: "fetching" | "verifying";
  /** Bytes processed in this stage. */
  readonly bytes: number;
  /** The size of the file in bytes; NaN if the server does not say it. */
  readonly total: number;
}

/** How long a server is waited for, in milliseconds. */
export interface RetryOptions {
  /** Time without a byte after which a connection counts as dead. */
  readonly idleTimeout: number;
  /** A connection that sends fewer bytes in this time counts as dead. Default: 60 KiB in 60 s. */
  readonly leastRate?: { readonly bytes: number; readonly milliseconds: number };
  /** Attempts that may fail in a row at one address without making progress. */
  readonly attempts: number;
  /** Delay before the second attempt; it doubles with every further one. */
  readonly delay: number;
  /** The longest delay; a server that asks for a longer one has failed. */
  readonly maxDelay: number;
}

/** How a file is fetched. */
export interface FetchOptions {
  /** Called with each progress. */
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Receives a line for each failure that is retried. */
  readonly onMessage?: (line: string) => void;
  /** Stops the download, which a later call resumes. */
  readonly signal?: AbortSignal;
  /** How long a server is waited for. Default: 30 s without a byte, 60 s with less than 1 KiB/s, 5
   * attempts. */
  readonly retry?: RetryOptions;
}

export const defaultRetry: RetryOptions = {
  idleTimeout: 30_000,
  attempts: 5,
  delay: 1000,
  maxDelay: 60_000,
};

/** How a fetch failed. */
export interface Failure {
  /** Whether the same address may work a little later. */
  readonly retryable?: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly retryAfter?: number;
  /** Whether no server answered. */
  readonly unreachable?: boolean;
  /** Whether the server says that there is no such file. */
  readonly missing?: boolean;
  /** Whether the server sent other bytes than the expected ones. */
  readonly different?: boolean;
  /** What the user can do about the connection. */
  readonly advice?: string;
}

/** A server refuses, breaks off, or sends another file than the expected one. */
export class FetchError extends Error {
  /** `FetchError`. */
  override readonly name = "FetchError";

  /**
   * Makes the error of a failed fetch.
   *
   * @param message One line for the user.
   * @param failure What the caller can do about it.
   */
  constructor(message: string, readonly failure: Failure = {}) {
    super(oneLine(message));
  }
}

/** Names a folder on a server that holds copies of the files, by their names; it is tried first. */
export const mirrorVariable = "VGG_MIRROR";

/**
 * Lists the addresses of a file in the order in which they are tried.
 *
 * @throws {FetchError} If the user's mirror is not an address.
 */
export function addressesOf({ url, mirrors = [] }: UncheckedFile): string[] {
  const folder = Deno.env.get(mirrorVariable);
  return [...folder ? [inFolder(folder, url)] : [], url, ...mirrors];
}

function inFolder(folder: string, url: string): string {
  const name = basename(new URL(url).pathname);
  const base = folder.endsWith("/") ? folder : `${folder}/`;
  if (/^https?:/.test(folder) && URL.canParse(name, base)) return new URL(name, base).href;
  throw new FetchError(`${mirrorVariable} must be an http or https address. Received: ${folder}`);
}
