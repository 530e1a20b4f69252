import { countVGG } from "../vgg/analysis/count.ts";
import type { VGGOptions } from "../vgg/options.ts";

/**
 * What a training step holds for each byte of activations that the gradient needs: the outputs of
 * convolution, bias and ReLU apart, and their gradients on the way back.
 */
const stepFactor = 4;

/**
 * What training holds for each byte of weights: these, velocities and gradients, one of them again
 * while it is updated, and weights and velocities again while a checkpoint is written.
 */
const weightFactor = 6;

/** The share of the memory that is free which a step may take. */
const share = 0.6;

/** The least input that five poolings leave something of, and the step between sizes that are tried. */
const [minSize, sizeStep] = [32, 16];

/**
 * How many images of a batch fit into memory at once while training.
 *
 * @param available Bytes; by default what the machine has free.
 */
export function microBatchFor(
  network: VGGOptions,
  batchSize: number,
  available: number = freeMemory(),
): number {
  const { activationBytes, weightBytes } = countVGG(network);
  const free = Math.max(0, available * share - weightFactor * weightBytes);
  const images = Math.floor(free / (stepFactor * activationBytes.training));
  return Math.min(batchSize, Math.max(1, images));
}

/**
 * Makes sure that memory holds a step of one image.
 *
 * @param network For a net that gives logits; its input's size must be given.
 * @throws {RangeError} Where it does not, with what would fit.
 */
export function requireMemory(
  network: VGGOptions & { readonly inputSize: number },
  available: number = freeMemory(),
): void {
  const needed = bytesToTrain(network);
  if (needed <= available) return;
  const { configuration = "D", inputSize } = network;
  throw new RangeError(
    `training needs memory for one image at least: ${gibibytes(needed)} for VGG ${configuration} ` +
      `at ${inputSize} px. Received: ${gibibytes(available)} that are free. ` +
      tellWhatFits(network, available),
  );
}

/** What could be changed about a network for memory to hold it, in the words of the command line. */
export function tellWhatFits(
  network: VGGOptions & { readonly inputSize: number },
  available: number,
): string {
  const fits = (changes: VGGOptions): boolean =>
    bytesToTrain({ ...network, ...changes }) <= available;
  const { inputSize, width = 1, head } = network;
  const sizes = Array.from(
    { length: Math.ceil((inputSize - minSize) / sizeStep) },
    (_, step) => minSize + sizeStep * step,
  ).reverse();
  const size = sizes.find((inputSize) => fits({ inputSize }));
  const narrower = [width / 2, width / 4, width / 8].find((width) => fits({ width }));
  const found = [
    ...(head !== "small" && fits({ head: "small" }) ? ["--head small"] : []),
    ...(size === undefined ? [] : [`--size ${size}`]),
    ...(narrower === undefined ? [] : [`--width ${narrower}`]),
  ];
  return found.length > 0 ? `What fits: ${found.join(", or ")}` : "Nothing near it fits";
}

/** Bytes that are free now, those on which the system swaps included. */
export function freeMemory(): number {
  const { available, swapFree } = Deno.systemMemoryInfo();
  return available + swapFree;
}

/** Bytes that training holds for one image at a time. */
export function bytesToTrain(network: VGGOptions): number {
  const { activationBytes, weightBytes } = countVGG(network);
  return weightFactor * weightBytes + stepFactor * activationBytes.training;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
