import { Worker } from "node:worker_threads";
import { WeightsError } from "../errors.ts";
import type { FilePart } from "./hdf5_bytes.ts";
import type { KerasContents } from "./keras_contents.ts";

/** A message to the thread: open a file, read rows of an array, or close the file. */
export type KerasRequest =
  | "close"
  | FilePart
  | {
    /** The numbers of the group and of the array in it. */
    readonly group: number;
    readonly array: number;
    readonly from: number;
    readonly to: number;
    /** The buffer for the values, transferred back and forth, so that no response needs new memory. */
    readonly into: ArrayBuffer;
  };

export type KerasResponse =
  | KerasContents
  | { readonly values: Float32Array<ArrayBuffer> }
  | {
    readonly error: string;
    /** Whether libhdf5 itself failed, so that its thread must not be used any more. */
    readonly isFatal: boolean;
  };

/** For one response; a few megabytes take a fraction of a second. */
const defaultTimeoutSeconds = 30;

/** Milliseconds after which an idle thread ends. It is reused, since starting one takes longer than reading a small file. */
const idleMilliseconds = 2000;

let idle: { readonly thread: KerasWorker; readonly end: ReturnType<typeof setTimeout> } | undefined;

/**
 * A thread that reads one Keras file at a time. A damaged file can keep libhdf5 busy forever or corrupt its
 * state; in both cases the thread is terminated.
 */
export class KerasWorker {
  readonly #worker = new Worker(workerUrl());
  #isBroken = false;
  /** The response to the last request. Never rejects. */
  #last: Promise<KerasResponse | undefined> = Promise.resolve(undefined);

  constructor() {
    // During a request its timer keeps the process alive.
    this.#worker.unref();
  }

  /** Returns a thread without an open file. */
  static acquire(): KerasWorker {
    if (!idle) return new KerasWorker();
    const { thread, end } = idle;
    idle = undefined;
    clearTimeout(end);
    return thread;
  }

  /**
   * Sends a request, after those before it, and waits for the response.
   *
   * @throws {WeightsError} If the file is damaged or there is no response in time.
   */
  async request<Expected extends KerasResponse>(
    request: KerasRequest,
    timeoutSeconds: number = defaultTimeoutSeconds,
  ): Promise<Expected> {
    const next = this.#last.then(() => this.#send(request, timeoutSeconds));
    this.#last = next;
    const response = await next;
    // The type of the response depends on the request.
    if (!("error" in response)) return response as Expected;
    this.#isBroken ||= response.isFatal;
    throw new WeightsError(response.error);
  }

  #send(request: KerasRequest, timeoutSeconds: number): Promise<KerasResponse> {
    return new Promise<KerasResponse>((resolve) => {
      const settle = (response: KerasResponse): void => {
        clearTimeout(timer);
        this.#worker.off("message", settle).off("error", onError);
        resolve(response);
      };
      const fail = (error: string): void => settle({ error, isFatal: true });
      const onError = (error: Error): void => fail(`HDF5: ${error.message}`);
      const timer = setTimeout(
        () => fail(`HDF5 did not finish within ${timeoutSeconds} s`),
        timeoutSeconds * 1000,
      );
      this.#worker.on("message", settle).on("error", onError);
      this.#worker.postMessage(request, transferredOf(request));
    });
  }

  /** Closes the file; the thread stays for the next file for a while. */
  release(): void {
    if (this.#isBroken || idle) return void this.#worker.terminate();
    this.#worker.postMessage("close" satisfies KerasRequest);
    const end = setTimeout(() => {
      idle = undefined;
      void this.#worker.terminate();
    }, idleMilliseconds);
    Deno.unrefTimer(end);
    idle = { thread: this, end };
  }
}

/** Node's threads start from files and data alone; a published package's module has the URL of a registry. */
function workerUrl(): URL {
  const url = new URL("./keras_worker.ts", import.meta.url);
  if (url.protocol === "file:") return url;
  return new URL(`data:text/javascript,${encodeURIComponent(`import "${url}";`)}`);
}

/** The memory that a request hands over. */
function transferredOf(request: KerasRequest): ArrayBuffer[] {
  if (request === "close") return [];
  if ("into" in request) return [request.into];
  return request.content ? [request.content.buffer] : [];
}
