import { type ConfigurationName, configurations } from "../../vgg/configurations.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import { OptionError } from "../../errors.ts";
import { WeightsError } from "../errors.ts";
import type { NetDescription } from "../net.ts";
import { requireShapes } from "../require_shapes.ts";
import { weightShapes } from "../weight_shapes.ts";

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * Infers the options of the network that has arrays of the given names and shapes.
 *
 * @throws {WeightsError} If no net of the paper has such arrays; the error shows the first names and shapes that
 *   do not fit.
 */
export function inferNetwork(
  path: string,
  arrays: Shapes,
  defaults: VGGOptions,
): NetDescription["network"] {
  const shapeOf = (name: string): readonly number[] => arrays.get(name)?.shape ?? [];
  const classes = shapeOf("predictions/kernel")[1] ?? 0;
  const head = arrays.has("fc1/kernel") ? "4096-4096" : "small";
  const [, , channels = 3] = shapeOf("block1_conv1/kernel");
  const configuration = configurationOf(arrays);
  const network = {
    ...defaults,
    configuration,
    classes,
    channels,
    head,
    width: widthOf(arrays, configuration),
    inputSize: inputSizeOf(arrays, defaults.inputSize),
    batchNorm: arrays.has("block1_conv1_bn/gamma"),
    convBias: arrays.has("block1_conv1/bias"),
  } as const;
  requireShapes(path, arrays, shapesOf(path, network));
  return network;
}

/** @throws {WeightsError} If an option that the file says, as the size of its input, is not allowed. */
function shapesOf(path: string, network: VGGOptions): ReturnType<typeof weightShapes> {
  try {
    return weightShapes(network);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new WeightsError(`${path} describes an impossible net: ${error.message}`);
  }
}

/** The first configuration with the same kernels; A-LRN, whose weights are those of A, counts as A. */
function configurationOf(arrays: Shapes): ConfigurationName {
  const names = Object.keys(configurations) as ConfigurationName[];
  const isKernel = ([name]: readonly [string, unknown]): boolean =>
    /^block\d_conv\d\/kernel$/.test(name);
  const kernelCount = [...arrays].filter(isKernel).length;
  const found = names.find((configuration) => {
    const kernels = [...weightShapes({ configuration, classes: 1 })].filter(isKernel);
    return kernels.length === kernelCount &&
      kernels.every(([name, shape]) => arrays.get(name)?.shape[0] === shape[0]);
  });
  return found ?? "D";
}

/**
 * The center of the range of widths that give all layers their channels, which are rounded. If the range is
 * empty, the later check of the shapes fails.
 */
function widthOf(arrays: Shapes, configuration: ConfigurationName): number {
  let [min, max] = [0, Infinity];
  for (const [name, shape] of weightShapes({ configuration, head: "4096-4096" })) {
    const channels = arrays.get(name)?.shape.at(-1);
    if (!name.endsWith("/kernel") || name.startsWith("predictions") || !channels) continue;
    min = Math.max(min, (channels - 0.5) / shape.at(-1)!);
    max = Math.min(max, (channels + 0.5) / shape.at(-1)!);
  }
  return (min + Math.max(min, max)) / 2;
}

/**
 * The side of the input: the given one, unless the first fully connected layer has another length than
 * maps of that side give it. Then, and without one, it is the multiple of 32 that the layer needs.
 */
function inputSizeOf(arrays: Shapes, given = 224): number {
  const length = arrays.get("fc1/kernel")?.shape[0];
  const kernels = [...arrays].filter(([name]) => /^block5_conv\d\/kernel$/.test(name));
  const channels = kernels.at(-1)?.[1].shape[3];
  if (!length || !channels) return given;
  const side = Math.max(1, Math.round(Math.sqrt(length / channels)));
  return Math.floor(given / 32) === side ? given : 32 * side;
}
