import { gibibytes } from "../display/format.ts";
import { freeMemory } from "../engine/free_memory.ts";
import { OptionError } from "../errors.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import type { VGGOptions } from "../vgg/options.ts";
import type { Recipe } from "./recipes.ts";
import { stateSize } from "./step/optimizer.ts";

/**
 * The bytes that a training step holds for each byte of activations that the gradient needs: the separate
 * outputs of convolution, bias and ReLU, and their gradients in the backward pass.
 */
const stepFactor = 4;

/** What decides the size of the optimizer's state. */
type Optimized = Pick<Recipe, "optimizer">;

/**
 * The bytes that training holds for each byte of weights: weights, gradients and the optimizer's state, a
 * copy of one of them during the update, and copies of weights and state while a checkpoint is written.
 */
function weightFactor(recipe: Optimized): number {
  return 4 + 2 * stateSize(recipe);
}

/** The fraction of the free memory that a step may use. */
const usableFraction = 0.6;

/** The smallest input after which five poolings leave a pixel, and the step between the tested sizes. */
const [minSize, sizeStep] = [32, 16];

/**
 * Returns the number of a batch's images that fit into memory at once during training, at least 1.
 *
 * @param available Bytes. Default: the machine's free memory.
 */
export function microBatchFor(
  network: VGGOptions,
  batchSize: number,
  available: number = freeMemory(),
  recipe: Optimized = {},
): number {
  const { activationBytes, weightBytes } = countVGG(network);
  const free = Math.max(0, available * usableFraction - weightFactor(recipe) * weightBytes);
  const images = Math.floor(free / (stepFactor * activationBytes.training));
  return Math.min(batchSize, Math.max(1, images));
}

/**
 * Checks that a training step with one image fits into memory.
 *
 * @param network The options of a net that returns logits.
 * @throws {OptionError} If it does not fit. The message names options that would fit.
 */
export function requireMemory(
  network: VGGOptions & { readonly inputSize: number },
  available: number = freeMemory(),
  recipe: Optimized = {},
): void {
  const needed = bytesToTrain(network, recipe);
  if (needed <= available) return;
  const { configuration = "D", inputSize } = network;
  throw new OptionError(
    `training needs memory for at least one image: ${gibibytes(needed)} for VGG ${configuration} ` +
      `at ${inputSize} px. Received: ${gibibytes(available)} of free memory. ` +
      suggestSmallerNetwork(network, available, recipe),
  );
}

/** Says which command-line options would make a network fit into memory. */
export function suggestSmallerNetwork(
  network: VGGOptions & { readonly inputSize: number },
  available: number,
  recipe: Optimized = {},
): string {
  const fits = (changes: VGGOptions): boolean =>
    bytesToTrain({ ...network, ...changes }, recipe) <= available;
  const { inputSize, width = 1, head } = network;
  const sizes = Array.from(
    { length: Math.ceil((inputSize - minSize) / sizeStep) },
    (_, step) => minSize + sizeStep * step,
  ).reverse();
  const size = sizes.find((inputSize) => fits({ inputSize }));
  const narrower = [width / 2, width / 4, width / 8].find((width) => fits({ width }));
  const suggestions = [
    ...(head !== "small" && fits({ head: "small" }) ? ["--head small"] : []),
    ...(size === undefined ? [] : [`--size ${size}`]),
    ...(narrower === undefined ? [] : [`--width ${narrower}`]),
  ];
  return suggestions.length > 0
    ? `What fits: ${suggestions.join(", or ")}`
    : "No similar network fits";
}

/** Returns the bytes that training holds with one image at a time. */
export function bytesToTrain(network: VGGOptions, recipe: Optimized = {}): number {
  const { activationBytes, weightBytes } = countVGG(network);
  return weightFactor(recipe) * weightBytes + stepFactor * activationBytes.training;
}
