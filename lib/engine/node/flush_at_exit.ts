import type { SummaryFileWriter } from "@tensorflow/tfjs-node-gpu/dist/tensorboard.js";
import { onProcessEnd } from "../../open_library.ts";

/** Makes tfjs-node's summary writers write what they still buffer when the program ends. */
export function flushAtExit({ prototype }: typeof SummaryFileWriter): void {
  const unflushed = new Set<SummaryFileWriter>();
  const { scalar, histogram, flush } = prototype;
  prototype.scalar = function (...args): void {
    unflushed.add(this);
    scalar.apply(this, args);
  };
  prototype.histogram = function (...args): void {
    unflushed.add(this);
    histogram.apply(this, args);
  };
  prototype.flush = function (): void {
    unflushed.delete(this);
    flush.apply(this);
  };
  onProcessEnd(() => {
    for (const writer of unflushed) writer.flush();
  });
}
