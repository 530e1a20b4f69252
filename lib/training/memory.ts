import { countVGG } from "../vgg/count.ts";
import type { VGGOptions } from "../vgg/options.ts";

/**
 * What a training step holds for each byte of activations that the gradient needs: the outputs of
 * convolution, bias and ReLU apart, and their gradients on the way back.
 */
const stepFactor = 4;

/** The share of the memory that is free which a step may take. */
const share = 0.6;

/**
 * How many images of a batch fit into memory at once while training.
 *
 * @param available Bytes; by default what the machine has free.
 */
export function microBatchFor(
  network: VGGOptions,
  batchSize: number,
  available: number = Deno.systemMemoryInfo().available,
): number {
  const { activationBytes, weightBytes } = countVGG(network);
  // Weights, velocities and gradients, and one of them again while it is updated.
  const free = Math.max(0, available * share - 4 * weightBytes);
  const images = Math.floor(free / (stepFactor * activationBytes.training));
  return Math.min(batchSize, Math.max(1, images));
}
