import { parentPort } from "node:worker_threads";
import { randomStream } from "../../random/stream.ts";
import { drawPicture } from "./picture.ts";
import type { Answer, Ticket } from "./workshop.ts";

parentPort?.on("message", ({ number, order: { label, seeds, size } }: Ticket) => {
  try {
    const { data } = drawPicture(label, randomStream(...seeds), size);
    parentPort?.postMessage({ number, data } satisfies Answer, [data.buffer]);
  } catch (error) {
    parentPort?.postMessage({ number, error } satisfies Answer);
  }
});
