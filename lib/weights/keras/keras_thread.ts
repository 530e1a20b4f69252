import { Worker } from "node:worker_threads";
import { WeightsError } from "../errors.ts";

/** What the thread is asked: to open a file first, then for rows of its arrays, and to close it. */
export type KerasRequest =
  | "close"
  | { readonly path: string }
  | {
    readonly layer: string;
    readonly array: number;
    readonly from: number;
    readonly to: number;
    /** Where the values go, there and back: new memory for each answer would stay for a while. */
    readonly into: ArrayBuffer;
  };

/** What is in a file: the shapes of each layer's arrays. */
export interface Contents {
  readonly layers: readonly (readonly [string, readonly (readonly number[])[]])[];
  readonly metadata: Readonly<Record<string, string>>;
}

export type KerasResponse =
  | Contents
  | { readonly values: Float32Array<ArrayBuffer> }
  | {
    readonly error: string;
    /** Whether libhdf5 itself has failed, and not the file alone. */
    readonly isFatal: boolean;
  };

/** For one answer: a few megabytes take a fraction of a second. */
const timeoutSeconds = 30;

/** Milliseconds that a thread without a file stays: to start one takes longer than to read a small file. */
const idleTime = 2000;

let idle: { readonly thread: KerasWorker; readonly end: ReturnType<typeof setTimeout> } | undefined;

/**
 * A thread that reads one Keras file at a time. Damaged files can keep libhdf5 busy for ever, or bring it
 * into a state in which nothing it says can be trusted: either ends with the thread.
 */
export class KerasWorker {
  readonly #worker = new Worker(new URL("./keras_worker.ts", import.meta.url));
  #isBroken = false;

  constructor() {
    // While an answer is waited for, the clock beside it keeps the process alive.
    this.#worker.unref();
  }

  /** A thread that has no file. */
  static acquire(): KerasWorker {
    if (!idle) return new KerasWorker();
    const { thread, end } = idle;
    idle = undefined;
    clearTimeout(end);
    return thread;
  }

  /**
   * @param mostSeconds After which no answer is waited for.
   * @throws {WeightsError} Where the file is damaged, or no answer comes.
   */
  async request<Expected extends KerasResponse>(
    question: KerasRequest,
    mostSeconds: number = timeoutSeconds,
  ): Promise<Expected> {
    const answer = await new Promise<KerasResponse>((resolve) => {
      const give = (answer: KerasResponse): void => {
        clearTimeout(timer);
        this.#worker.off("message", give).off("error", fail);
        resolve(answer);
      };
      const breakOff = (error: string): void => give({ error, isFatal: true });
      const fail = (error: Error): void => breakOff(`HDF5 says ${error.message}`);
      const timer = setTimeout(
        () => breakOff(`HDF5 has not come to an end in ${mostSeconds} s`),
        mostSeconds * 1000,
      );
      this.#worker.on("message", give).on("error", fail);
      const moved = typeof question === "object" && "into" in question ? [question.into] : [];
      this.#worker.postMessage(question, moved);
    });
    // The thread answers each question in its own way.
    if (!("error" in answer)) return answer as Expected;
    this.#isBroken ||= answer.isFatal;
    throw new WeightsError(answer.error);
  }

  /** Lets go of the file. */
  release(): void {
    if (this.#isBroken || idle) return void this.#worker.terminate();
    this.#worker.postMessage("close" satisfies KerasRequest);
    const end = setTimeout(() => {
      idle = undefined;
      void this.#worker.terminate();
    }, idleTime);
    Deno.unrefTimer(end);
    idle = { thread: this, end };
  }
}
