import { configurations, type Convolution } from "../vgg/configurations.ts";
import { WeightsError } from "./errors.ts";
import type { StoredArray } from "./weights_file.ts";

/** The arrays of one layer by this library's names (`kernel`, `bias`, `gamma` …) and in its layouts. */
export type LayerArrays = Readonly<Record<string, StoredArray>>;

/** The layers with weights of a VGG net by kind, each kind in the net's order. */
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
 * Names the arrays of a net of the paper as `buildVGG` does, `block1_conv1/kernel`. The net is recognized by
 * the number and the sizes of its convolutions, because frameworks differ in names but not in order.
 *
 * @throws {WeightsError} If no net of the paper has such layers.
 */
export function nameLayers(
  { convolutions, normalizations, dense }: LayersInOrder,
): Map<string, StoredArray> {
  const names = convolutionNames(convolutions.map(({ kernel }) => kernel!.shape[0]!));
  const head = heads[dense.length];
  if (!head) {
    throw new WeightsError(
      `a VGG net must have 3 fully connected layers, 1 with the small head, or 0 without its top. ` +
        `Received: ${dense.length}`,
    );
  }
  if (normalizations.length > 0 && normalizations.length !== names.length) {
    throw new WeightsError(
      `batch normalization must follow all of the ${names.length} convolutions or none. ` +
        `Received: ${normalizations.length}`,
    );
  }
  const layers = [
    ...names.flatMap((name, index) => {
      const normalization = normalizations[index];
      const convolution = [name, convolutions[index]!] as const;
      return normalization ? [convolution, [`${name}_bn`, normalization] as const] : [convolution];
    }),
    ...head.map((name, index) => [name, dense[index]!] as const),
  ];
  return new Map(
    layers.flatMap(([name, arrays]) =>
      Object.entries(arrays).map(([weight, array]) => [`${name}/${weight}`, array] as const)
    ),
  );
}

function convolutionNames(sides: readonly number[]): string[] {
  for (const blocks of Object.values(configurations)) {
    const convolutions = blocks.map((block) =>
      block.filter((part): part is Convolution => part.kind === "convolution")
    );
    const kernelSizes = convolutions.flat().map(({ kernelSize }) => kernelSize);
    if (String(kernelSizes) !== String(sides)) continue;
    return convolutions.flatMap((block, index) =>
      block.map((_, number) => `block${index + 1}_conv${number + 1}`)
    );
  }
  throw new WeightsError(
    `the nets of the paper have 8, 10, 13 or 16 convolutions of 3×3, or 1×1 at the end of C's blocks. ` +
      `Received: ${sides.length} with kernel sizes ${sides.join(", ")}`,
  );
}
