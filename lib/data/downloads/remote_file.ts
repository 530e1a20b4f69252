import { oneLine } from "../../display/one_line.ts";

/** A file on a server, with what proves it whole. */
export interface RemoteFile {
  /** For messages. */
  readonly name: string;
  readonly url: string;
  /** Other addresses of the same bytes, asked in this order where the first fails. */
  readonly mirrors?: readonly string[];
  readonly bytes: number;
  readonly digest: { readonly algorithm: "sha256" | "md5"; readonly value: string };
}

/** How far a file is. */
export interface FetchProgress {
  readonly stage: "fetching" | "verifying";
  /** Bytes done with in this stage, of how many. */
  readonly bytes: number;
  readonly total: number;
}

/** How long a server is waited for, in milliseconds. */
export interface Patience {
  /** Without a byte, before the connection counts as dead. */
  readonly silence: number;
  /** How often an address may fail in a row without bringing the file on. */
  readonly tries: number;
  /** Before the second try, then doubled. */
  readonly pause: number;
  /** The longest pause; a server that asks for a longer one has failed. */
  readonly longestPause: number;
}

export interface FetchOptions {
  readonly onProgress?: (progress: FetchProgress) => void;
  /** Told what fails on the way and is tried again, a line at a time. */
  readonly onMessage?: (line: string) => void;
  readonly signal?: AbortSignal;
  /** Default {@linkcode patience}. */
  readonly patience?: Patience;
}

export const patience: Patience = {
  silence: 30_000,
  tries: 5,
  pause: 1000,
  longestPause: 60_000,
};

/** How a fetch failed. */
export interface Failure {
  /** Whether the same address may well answer in a while. */
  readonly passing?: boolean;
  /** Milliseconds that the server asks to wait. */
  readonly after?: number;
  /** Whether nobody answered at all. */
  readonly unreachable?: boolean;
}

/** A server refuses, breaks off, or gives another file than the one expected. */
export class FetchError extends Error {
  override readonly name = "FetchError";

  constructor(message: string, readonly failure: Failure = {}) {
    super(oneLine(message));
  }
}
