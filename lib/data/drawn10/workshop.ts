import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Picture } from "../dataset.ts";
import { randomStream } from "../../random/stream.ts";
import { drawPicture } from "./picture.ts";

/** A picture to draw. */
export interface Order {
  /** The class's number. */
  readonly label: number;
  /** What names the picture's random stream. */
  readonly seeds: readonly (number | string)[];
  /** The picture's side in pixels. */
  readonly size: number;
}

/** What a worker is sent. */
export interface Ticket {
  readonly number: number;
  readonly order: Order;
}

/** What a worker sends back: the picture's bytes, or what went wrong. */
export type Answer =
  & { readonly number: number }
  & ({ readonly data: Uint8Array<ArrayBuffer> } | { readonly error: unknown });

interface Waiting {
  resolve(data: Uint8Array<ArrayBuffer>): void;
  reject(error: unknown): void;
}

interface Bench {
  readonly worker: Worker;
  /** Who waits for this worker, by the ticket's number. */
  readonly waiting: Map<number, Waiting>;
}

const MOST_WORKERS = 4;

/** Idle workers are let go after this time; new ones start within a moment. */
const IDLE_MILLISECONDS = 2000;

let benches: Bench[] = [];
let [underWay, nextNumber] = [0, 0];
let closing: ReturnType<typeof setTimeout> | undefined;

/**
 * Draws a picture: here where it is the only one under way, and on the processor's other cores where
 * several are asked for at once. Either gives the same bytes. Idle workers neither keep the process
 * alive nor stay for long.
 */
export async function drawOrder(order: Order): Promise<Picture> {
  const { label, seeds, size } = order;
  clearTimeout(closing);
  underWay++;
  try {
    if (underWay > 1 || benches.length > 0) return await drawAside(order);
    // Lets timers and signals have their turn between pictures.
    await setImmediate();
    return drawPicture(label, randomStream(...seeds), size);
  } finally {
    underWay--;
    if (underWay === 0 && benches.length > 0) {
      closing = setTimeout(closeWorkshop, IDLE_MILLISECONDS);
      Deno.unrefTimer(closing);
    }
  }
}

/** Ends all workers that have nothing to draw; without it, they end by themselves soon. */
export async function closeWorkshop(): Promise<void> {
  clearTimeout(closing);
  const idle = benches.filter(({ waiting }) => waiting.size === 0);
  benches = benches.filter(({ waiting }) => waiting.size > 0);
  await Promise.all(idle.map(({ worker }) => worker.terminate()));
}

async function drawAside(order: Order): Promise<Picture> {
  const bench = leastBusy();
  const number = nextNumber++;
  bench.worker.ref();
  try {
    const data = await new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
      bench.waiting.set(number, { resolve, reject });
      bench.worker.postMessage({ number, order } satisfies Ticket);
    });
    return { width: order.size, height: order.size, data };
  } finally {
    bench.waiting.delete(number);
    if (bench.waiting.size === 0) bench.worker.unref();
  }
}

function leastBusy(): Bench {
  const [best] = benches.toSorted((one, other) => one.waiting.size - other.waiting.size);
  const most = Math.min(MOST_WORKERS, navigator.hardwareConcurrency);
  return best && (best.waiting.size === 0 || benches.length >= most) ? best : openBench();
}

function openBench(): Bench {
  const worker = new Worker(new URL("./worker.ts", import.meta.url));
  const waiting = new Map<number, Waiting>();
  const bench = { worker, waiting };
  worker.on("message", (answer: Answer) => {
    const waits = waiting.get(answer.number);
    if ("data" in answer) waits?.resolve(answer.data);
    else waits?.reject(answer.error);
  });
  worker.on("error", (error) => {
    benches = benches.filter((other) => other !== bench);
    for (const { reject } of waiting.values()) reject(error);
  });
  benches.push(bench);
  return bench;
}
