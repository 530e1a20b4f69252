import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Image } from "../dataset.ts";
import { randomStream } from "../../random/stream.ts";
import { drawImage } from "./image.ts";

/** An image to draw. */
export interface DrawRequest {
  /** The class's number. */
  readonly label: number;
  /** What names the image's random stream. */
  readonly seeds: readonly (number | string)[];
  /** The image's side in pixels. */
  readonly size: number;
}

/** What a worker is sent. */
export interface PoolRequest {
  readonly number: number;
  readonly request: DrawRequest;
}

/** What a worker sends back: the image's bytes, or what went wrong. */
export type DrawResponse =
  & { readonly number: number }
  & ({ readonly data: Uint8Array<ArrayBuffer> } | { readonly error: unknown });

interface PendingRequest {
  resolve(data: Uint8Array<ArrayBuffer>): void;
  reject(error: unknown): void;
}

interface PoolWorker {
  readonly worker: Worker;
  /** Who waits for this worker, by the ticket's number. */
  readonly pending: Map<number, PendingRequest>;
}

const MAX_WORKERS = 4;

/** Idle workers are let go after this time; new ones start within a moment. */
const IDLE_MILLISECONDS = 2000;

let workers: PoolWorker[] = [];
let [underWay, nextNumber] = [0, 0];
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Draws an image: here where it is the only one under way, and on the processor's other cores where
 * several are asked for at once. Either gives the same bytes. Idle workers neither keep the process
 * alive nor stay for long.
 */
export async function requestImage(order: DrawRequest): Promise<Image> {
  const { label, seeds, size } = order;
  clearTimeout(closing);
  underWay++;
  try {
    if (underWay > 1 || workers.length > 0) return await drawInWorker(order);
    // Lets timers and signals have their turn between images.
    await setImmediate();
    return drawImage(label, randomStream(...seeds), size);
  } finally {
    underWay--;
    if (underWay === 0 && workers.length > 0) {
      closing = setTimeout(closePool, IDLE_MILLISECONDS);
      Deno.unrefTimer(closing);
    }
  }
}

/** Ends all workers that have nothing to draw; without it, they end by themselves soon. */
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
  const most = Math.min(MAX_WORKERS, navigator.hardwareConcurrency);
  return best && (best.pending.size === 0 || workers.length >= most) ? best : startWorker();
}

function startWorker(): PoolWorker {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const pending = new Map<number, PendingRequest>();
  const started = { worker, pending };
  worker.on("message", (response: DrawResponse) => {
    const waiting = pending.get(response.number);
    if ("data" in response) waiting?.resolve(response.data);
    else waiting?.reject(response.error);
  });
  worker.on("error", (error) => {
    workers = workers.filter((other) => other !== started);
    for (const { reject } of pending.values()) reject(error);
  });
  workers.push(started);
  return started;
}
