import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { randomStream } from "../../random/stream.ts";
import type { Image } from "../dataset.ts";
import { drawImage } from "./image.ts";

/** An image to draw. */
export interface DrawRequest {
  /** The index of the class. */
  readonly label: number;
  /** The seeds of the image's random stream. */
  readonly seeds: readonly (number | string)[];
  /** The image's side in pixels. */
  readonly size: number;
}

/** The message to a worker. */
export interface PoolRequest {
  readonly number: number;
  readonly request: DrawRequest;
}

/** The message from a worker: the image's bytes, or the error. */
export type DrawResponse =
  & { readonly number: number }
  & ({ readonly data: Uint8Array<ArrayBuffer> } | { readonly error: unknown });

interface PendingRequest {
  resolve(data: Uint8Array<ArrayBuffer>): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly worker: Worker;
  /** The requests that the worker has not answered, by number. */
  readonly pending: Map<number, PendingRequest>;
}

const MAX_WORKERS = 4;

/** Idle workers are terminated after this time; starting new ones is fast. */
const IDLE_MILLISECONDS = 2000;

let workers: PoolWorker[] = [];
let [running, nextNumber] = [0, 0];
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Draws an image: on this thread if it is the only one requested, in worker threads if several are
 * requested at once. The bytes are the same. Idle workers do not keep the process alive, and they are
 * terminated after two seconds.
 */
export async function requestImage(request: DrawRequest): Promise<Image> {
  const { label, seeds, size } = request;
  clearTimeout(closing);
  running++;
  try {
    if (running > 1 || workers.length > 0) return await drawInWorker(request);
    // Lets timers and signal handlers run between images.
    await setImmediate();
    return drawImage(label, randomStream(...seeds), size);
  } finally {
    running--;
    if (running === 0 && workers.length > 0) {
      closing = setTimeout(closePool, IDLE_MILLISECONDS);
      Deno.unrefTimer(closing);
    }
  }
}

/** Terminates the idle workers now instead of after two seconds. */
export async function closePool(): Promise<void> {
  clearTimeout(closing);
  const idle = workers.filter(({ pending }) => pending.size === 0);
  workers = workers.filter(({ pending }) => pending.size > 0);
  await Promise.all(idle.map(({ worker }) => worker.terminate()));
}

async function drawInWorker(request: DrawRequest): Promise<Image> {
  const { worker, pending } = leastBusyWorker();
  const number = nextNumber++;
  worker.ref();
  try {
    const data = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
      pending.set(number, { resolve, reject });
      worker.postMessage({ number, request } satisfies PoolRequest);
    });
    return { width: request.size, height: request.size, data };
  } finally {
    pending.delete(number);
    if (pending.size === 0) worker.unref();
  }
}

function leastBusyWorker(): PoolWorker {
  const [best] = workers.toSorted((one, other) => one.pending.size - other.pending.size);
  const limit = Math.min(MAX_WORKERS, navigator.hardwareConcurrency);
  return best && (best.pending.size === 0 || workers.length >= limit) ? best : startWorker();
}

function startWorker(): PoolWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const pending = new Map<number, PendingRequest>();
  const started = { worker, pending };
  worker.on("message", (response: DrawResponse) => {
    const request = pending.get(response.number);
    if ("data" in response) request?.resolve(response.data);
    else request?.reject(response.error);
  });
  worker.on("error", (error) => {
    workers = workers.filter((other) => other !== started);
    for (const { reject } of pending.values()) reject(error);
  });
  workers.push(started);
  return started;
}
