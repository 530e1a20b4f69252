import { parentPort } from "node:worker_threads";
import { randomStream } from "../../random/stream.ts";
import type { DrawOutcome, PoolRequest, PoolResponse } from "./draw_pool.ts";
import { drawImage } from "./image.ts";

parentPort?.on("message", (requests: PoolRequest) => {
  const outcomes = requests.map(({ label, seeds, size }): DrawOutcome => {
    try {
      return { data: drawImage(label, randomStream(...seeds), size).data };
    } catch (error) {
      return { error };
    }
  });
  const buffers = outcomes.flatMap((outcome) => "data" in outcome ? [outcome.data.buffer] : []);
  parentPort?.postMessage(outcomes satisfies PoolResponse, buffers);
});
