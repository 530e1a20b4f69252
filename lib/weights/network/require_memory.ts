import { gibibytes } from "../../display/format.ts";
import { freeMemory } from "../../engine/free_memory.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import { WeightsError } from "../errors.ts";

/** The engines count the numbers of a tensor with 31 bits. */
const maxNumbers = 2 ** 31 - 1;

/**
 * Bytes for each byte: weights as they are read and as they are uploaded, and a layer's input and output
 * beside the copies of them that a convolution makes.
 */
const copies = 2;

/**
 * Checks that the net that a file describes can be built, and one image predicted, in the free memory.
 *
 * @param path The file, for the error.
 * @throws {WeightsError} If it needs more.
 */
export function requireMemoryToPredict(
  path: string,
  network: VGGOptions,
  available: number = freeMemory(),
): void {
  const { layers, weightBytes, activationBytes } = countVGG(network);
  const { inputSize = 224 } = network;
  const largest = layers.find(({ outputShape }) => numbersOf(outputShape) > maxNumbers);
  if (largest) {
    throw new WeightsError(
      `${path} describes a net of inputSize ${inputSize}: its layer ${largest.name} must have at ` +
        `most ${maxNumbers} numbers. Received: ${numbersOf(largest.outputShape)}`,
    );
  }
  const needed = copies * (weightBytes + activationBytes.inference);
  if (needed <= available) return;
  throw new WeightsError(
    `${path} describes a net of inputSize ${inputSize} that needs ${
      gibibytes(needed)
    } of memory. ` +
      `Received: ${gibibytes(available)} of free memory`,
  );
}

function numbersOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}
