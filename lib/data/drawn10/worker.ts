import { parentPort } from "node:worker_threads";
import { randomStream } from "../../random/stream.ts";
import type { DrawResponse, PoolRequest } from "./draw_pool.ts";
import { drawImage } from "./image.ts";

parentPort?.on("message", ({ number, request: { label, seeds, size } }: PoolRequest) => {
  try {
    const { data } = drawImage(label, randomStream(...seeds), size);
    parentPort?.postMessage({ number, data } satisfies DrawResponse, [data.buffer]);
  } catch (error) {
    parentPort?.postMessage({ number, error } satisfies DrawResponse);
  }
});
