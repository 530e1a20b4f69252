import { randomStream } from "../../random/stream.ts";
import { copySquare } from "../images/copy_pixels.ts";
import type { Batch } from "../pipeline/batches.ts";
import type { Augmenter } from "./augmenter.ts";

/**
 * Mirrors each image left to right with probability 1/2. It copies bytes in JavaScript, which takes less
 * time than sending a second index tensor to an engine, and gives the same images on every engine.
 */
export function flipAugmenter(): Augmenter {
  return {
    sample: ({ length, size, pixels: original, indices }: Batch, seed, into) => {
      const pixels = into ?? new Uint8Array(original.length);
      for (let position = 0; position < length; position++) {
        const square = { width: size, left: 0, top: position * size };
        const flip = randomStream("flip", seed, indices[position]!).uniform(0, 1) < 0.5;
        copySquare({ ...square, data: original }, { ...square, data: pixels }, size, flip);
      }
      return { length, size, pixels, parameters: [] };
    },
  };
}
