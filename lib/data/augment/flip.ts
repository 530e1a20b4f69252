import type { Batch } from "../pipeline/batches.ts";
import { copySquare } from "../images/copy_pixels.ts";
import { randomStream } from "../../random/stream.ts";
import type { Augmenter } from "./augmenter.ts";

/**
 * Mirrors half of the images left to right. It copies bytes on the processor: that takes less time
 * than sending a second index tensor to an engine, and is the same on all of them.
 */
export function flipAugmenter(): Augmenter {
  return {
    draw: ({ length, size, pixels: original, indices }: Batch, seed, into) => {
      const pixels = into ?? new Uint8Array(original.length);
      for (let position = 0; position < length; position++) {
        const place = { width: size, left: 0, top: position * size };
        const flip = randomStream("flip", seed, indices[position]!).uniform(0, 1) < 0.5;
        copySquare({ ...place, data: original }, { ...place, data: pixels }, size, flip);
      }
      return { length, size, pixels, parameters: [] };
    },
  };
}
