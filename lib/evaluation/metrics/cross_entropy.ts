import type { Prediction } from "../../runs/schemas.ts";

/** The smallest probability whose logarithm is taken: float32's smallest normal number. */
const least = 1.1754943508222875e-38;

/** A prediction's loss: -ln of the actual class's probability. */
export function crossEntropyOf({ actual, probabilities }: Prediction): number {
  return -Math.log(Math.max(least, probabilities[actual] ?? 0));
}
