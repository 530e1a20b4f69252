import { configurations, type Convolution } from "../vgg/configurations.ts";
import { WeightsError } from "./errors.ts";
import type { StoredArray } from "./weights_file.ts";

/** The arrays of one layer by this library's names, `kernel`, `bias`, `gamma` …, and in its layouts. */
export type LayerArrays = Readonly<Record<string, StoredArray>>;

/** The layers of a VGG net that have weights, by kind, each kind in the net's order. */
export interface LayersInOrder {
  readonly convolutions: readonly LayerArrays[];
  readonly normalizations: readonly LayerArrays[];
  readonly dense: readonly LayerArrays[];
}

const heads: Readonly<Record<number, readonly string[]>> = {
  0: [],
  1: ["predictions"],
  3: ["fc1", "fc2", "predictions"],
};

/**
 * Names the layers of a net of the paper as `buildVGG` does. Which net it is follows from how many
 * convolutions there are and of what size: names differ from one framework to the next, the order does not.
 *
 * @throws {WeightsError} Where no net of the paper has such layers.
 */
export function nameLayers(
  { convolutions, normalizations, dense }: LayersInOrder,
): Map<string, StoredArray> {
  const names = convolutionNames(convolutions.map(({ kernel }) => kernel!.shape[0]!));
  const head = heads[dense.length];
  if (!head) {
    throw new WeightsError(
      `a VGG net has 3 fully connected layers, 1 in the small head, none without a top. ` +
        `Received: ${dense.length}`,
    );
  }
  if (normalizations.length > 0 && normalizations.length !== names.length) {
    throw new WeightsError(
      `batch normalization follows each of the ${names.length} convolutions or none. ` +
        `Received: ${normalizations.length}`,
    );
  }
  const layers = names.flatMap((name, index) => {
    const normalization = normalizations[index];
    const own = [[name, convolutions[index]!] as const];
    return normalization ? [...own, [`${name}_bn`, normalization] as const] : own;
  });
  return new Map(
    [...layers, ...head.map((name, index) => [name, dense[index]!] as const)].flatMap((
      [name, arrays],
    ) => Object.entries(arrays).map(([weight, array]) => [`${name}/${weight}`, array] as const)),
  );
}

function convolutionNames(sides: readonly number[]): string[] {
  for (const blocks of Object.values(configurations)) {
    const convolutions = blocks.map((block) =>
      block.filter((part): part is Convolution => part.kind === "convolution")
    );
    const own = convolutions.flat().map(({ kernelSize }) => kernelSize);
    if (String(own) !== String(sides)) continue;
    return convolutions.flatMap((block, index) =>
      block.map((_, number) => `block${index + 1}_conv${number + 1}`)
    );
  }
  throw new WeightsError(
    `the nets of the paper have 8, 10, 13 or 16 convolutions, 3×3 but for C's last in a block. ` +
      `Received: ${sides.length}, of sides ${sides.join(", ")}`,
  );
}
