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

/** The message to a worker: several images, because a message takes as long as a part of an image. */
export type PoolRequest = readonly DrawRequest[];

/** What became of a request: the image's bytes, or the error. */
export type DrawOutcome = { readonly data: Uint8Array<ArrayBuffer> } | { readonly error: unknown };

/** The message from a worker: an outcome for each request, in their order. */
export type PoolResponse = readonly DrawOutcome[];

interface PendingRequest {
  readonly request: DrawRequest;
  resolve(data: Uint8Array<ArrayBuffer>): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly worker: Worker;
  /** The messages that the worker has not answered, the oldest first. */
  readonly sent: (readonly PendingRequest[])[];
}

const maxWorkers = Math.min(4, navigator.hardwareConcurrency);

/** Images of a message. */
const batchSize = 8;

/** Messages to a worker at once: it begins the next while the answer to the last is on its way. */
const maxSent = 2;

/** Idle workers are terminated after this time; starting new ones is fast. */
const IDLE_MILLISECONDS = 2000;

let workers: PoolWorker[] = [];
const waiting: PendingRequest[] = [];
let running = 0;
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
  const idle = workers.filter(({ sent }) => sent.length === 0);
  workers = workers.filter(({ sent }) => sent.length > 0);
  await Promise.all(idle.map(({ worker }) => worker.terminate()));
}

async function drawInWorker(request: DrawRequest): Promise<Image> {
  const data = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    waiting.push({ request, resolve, reject });
    // Other requests of this turn go into the same messages.
    if (waiting.length === 1) queueMicrotask(() => queueMicrotask(send));
  });
  return { width: request.size, height: request.size, data };
}

/** Sends what waits to the workers that have the least to do. */
function send(): void {
  while (waiting.length > 0) {
    const least = Math.min(...workers.map(({ sent }) => sent.length));
    if (least > 0 && workers.length < maxWorkers) startWorker();
    const free = workers.toSorted((one, other) => one.sent.length - other.sent.length)[0]!;
    if (free.sent.length >= maxSent) return;
    // Few requests are shared among the workers.
    const batch = waiting.splice(0, Math.min(batchSize, Math.ceil(waiting.length / maxWorkers)));
    free.worker.ref();
    free.sent.push(batch);
    free.worker.postMessage(batch.map(({ request }) => request) satisfies PoolRequest);
  }
}

function startWorker(): void {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const started: PoolWorker = { worker, sent: [] };
  worker.on("message", (outcomes: PoolResponse) => {
    const batch = started.sent.shift() ?? [];
    if (started.sent.length === 0) worker.unref();
    batch.forEach(({ resolve, reject }, at) => {
      const outcome = outcomes[at]!;
      if ("data" in outcome) resolve(outcome.data);
      else reject(outcome.error);
    });
    send();
  });
  worker.on("error", (error) => {
    workers = workers.filter((other) => other !== started);
    for (const { reject } of started.sent.flat()) reject(error);
    send();
  });
  workers.push(started);
}
