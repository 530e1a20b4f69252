import type { StoredWeights } from "../open_weights.ts";
import { countOf, type StoredArray } from "../weights_file.ts";

/** Adds a top of one class, with zeros for weights, to weights that have none. */
export function withTop(weights: StoredWeights): StoredWeights {
  if (weights.arrays.has("predictions/kernel")) return weights;
  const channels = weights.arrays.get("block5_conv2/kernel")?.shape.at(-1) ?? 0;
  const top = [["predictions/kernel", zeros(channels, 1)], ["predictions/bias", zeros(1)]] as const;
  return { ...weights, arrays: new Map([...weights.arrays, ...top]) };
}

function zeros(...shape: number[]): StoredArray {
  return { shape, read: () => Promise.resolve(new Float32Array(countOf(shape))) };
}
