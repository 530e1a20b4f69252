import type { ConfigurationName } from "../vgg/configurations.ts";
import { WeightsError } from "./errors.ts";
import { describeHead, headNames } from "./network/vgg_head.ts";
import { configurationOf, convolutionsOf } from "./network/vgg_trunk.ts";
import type { StoredArray } from "./weights_file.ts";

/** The arrays of one layer by this library's names (`kernel`, `bias`, `gamma` …) and in its layouts. */
export type LayerArrays = Readonly<Record<string, StoredArray>>;

/** The layers with weights of a VGG net by kind, each kind in the net's order. */
export interface LayersInOrder {
  readonly convolutions: readonly LayerArrays[];
  /** Those that follow convolutions. */
  readonly normalizations: readonly LayerArrays[];
  /** The fully connected layers, of any number and size. */
  readonly dense: readonly LayerArrays[];
  /** Other layers with weights after the convolutions, in a few words each: `batch normalization`. */
  readonly others?: readonly string[];
}

/** Arrays by this library's names. */
export interface NamedLayers {
  readonly arrays: Map<string, StoredArray>;
  /** The layers of the head in a few words, if it is not a VGG's; then its arrays are left out. */
  readonly otherHead?: string;
}

/**
 * Names the arrays of a net of the paper as `buildVGG` does, `block1_conv1/kernel`. The net is recognized by
 * the number and the sizes of its convolutions, because frameworks differ in names but not in order.
 *
 * @throws {WeightsError} If no net of the paper has such convolutions.
 */
export function nameLayers(
  { convolutions, normalizations, dense, others = [] }: LayersInOrder,
): NamedLayers {
  const kernels = convolutions.map(({ kernel }) => kernel!.shape);
  const { configuration, names } = convolutionNames(kernels.map(([side]) => side!));
  if (normalizations.length > 0 && normalizations.length !== names.length) {
    throw new WeightsError(
      `batch normalization must follow all of the ${names.length} convolutions or none. ` +
        `Received: ${normalizations.length}`,
    );
  }
  const filters = kernels.map((shape) => shape[3]!);
  const head = others.length > 0 ? undefined : headNames(dense, configuration, filters);
  const convBias = convolutions.some(({ bias }) => bias);
  const layers = [
    ...names.flatMap((name, index) => {
      const normalization = normalizations[index];
      const kernel = convolutions[index]!;
      const convolution = [name, convBias ? withBias(kernel) : kernel] as const;
      return normalization
        ? [convolution, [`${name}_bn`, withScale(normalization)] as const]
        : [convolution];
    }),
    ...(head ?? []).map((name, index) => [name, withBias(dense[index]!)] as const),
  ];
  const arrays = new Map(
    layers.flatMap(([name, arrays]) =>
      Object.entries(arrays).map(([weight, array]) => [`${name}/${weight}`, array] as const)
    ),
  );
  return head ? { arrays } : { arrays, otherHead: describeHead(dense, others) };
}

/** Adds the bias of a layer that has none. */
function withBias(layer: LayerArrays): LayerArrays {
  return layer.bias ? layer : { ...layer, bias: filled(layer.kernel!.shape.at(-1)!, 0) };
}

/** Adds the scale and the center of batch normalization that has none. */
function withScale(layer: LayerArrays): LayerArrays {
  const length = layer.moving_mean!.shape[0]!;
  return { gamma: filled(length, 1), beta: filled(length, 0), ...layer };
}

function filled(length: number, value: number): StoredArray {
  return { shape: [length], read: () => Promise.resolve(new Float32Array(length).fill(value)) };
}

function convolutionNames(
  sides: readonly number[],
): { configuration: ConfigurationName; names: string[] } {
  const configuration = configurationOf(sides);
  if (configuration) {
    const names = convolutionsOf(configuration).flatMap((block, index) =>
      block.map((_, number) => `block${index + 1}_conv${number + 1}`)
    );
    return { configuration, names };
  }
  throw new WeightsError(
    `the nets of the paper have 8, 10, 13 or 16 convolutions of 3×3, or 1×1 at the end of C's blocks. ` +
      `Received: ${sides.length} with kernel sizes ${sides.join(", ")}`,
  );
}
