import type { ClassLabel } from "../data/dataset.ts";
import { type ConfigurationName, configurations } from "../vgg/configurations.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { WeightsError } from "./errors.ts";
import type { NetDescription } from "./net.ts";
import type { StoredWeights } from "./open_weights.ts";
import {
  guessPreprocessing,
  preprocessingAssumption,
  type PreprocessingName,
  preprocessings,
} from "./preprocessing.ts";
import { requireShapes } from "./require_shapes.ts";
import { weightShapes } from "./weight_shapes.ts";

/** Facts about weights whose file has no description. */
export interface DescribeOptions {
  /** The preprocessing of images. Default: guessed by the names in the file, see `guessPreprocessing`. */
  readonly preprocessing?: PreprocessingName;
  /** The classes in the order of the net's outputs. Default: their numbers. */
  readonly classes?: readonly ClassLabel[];
  /** The side of the input in pixels, which does not follow from a small head. Default 224. */
  readonly inputSize?: number;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Weights with a description of their net, which reads RGB images. */
export interface DescribedWeights extends StoredWeights {
  /** The file's description, or an inferred one. */
  readonly description: NetDescription;
  /** The assumption about the preprocessing, in one line, if neither the file nor the caller specified it. */
  readonly assumption?: string;
}

/**
 * Adds the description of the net to the weights of a file: the file's own description, or one inferred
 * from the shapes of its arrays and from the conventions of the framework that wrote it.
 *
 * @throws {WeightsError} If no net of the paper has such weights; the error lists every name and shape that
 *   does not fit.
 */
export function describeWeights(
  weights: StoredWeights,
  options: DescribeOptions = {},
): DescribedWeights {
  const { path, source, arrays, description } = weights;
  if (description) {
    requirePossible(path, description);
    return { ...weights, description };
  }
  const network = inferNetwork(path, arrays, {
    ...frameworkDefaults[source],
    ...(options.inputSize === undefined ? {} : { inputSize: options.inputSize }),
  });
  const preprocessing = options.preprocessing ?? guessPreprocessing(weights, network.classes);
  const { normalisation, fit, channelOrder } = preprocessings[preprocessing];
  const { classes = numberedClasses(network.classes) } = options;
  if (classes.length !== network.classes) {
    throw new WeightsError(
      `${path} has ${network.classes} classes. Received: ${classes.length} names of classes`,
    );
  }
  return {
    ...weights,
    arrays: channelOrder === "BGR" ? bgrToRgb(arrays) : arrays,
    description: { network, classes, fit: fit(network.inputSize), normalisation },
    ...(options.preprocessing ? {} : { assumption: preprocessingAssumption(path, preprocessing) }),
  };
}

/** @throws {WeightsError} If the description is not one of a possible net. */
function requirePossible(path: string, { network }: NetDescription): void {
  try {
    weightShapes(network);
  } catch (error) {
    throw new WeightsError(`${path} describes an impossible net: ${(error as Error).message}`);
  }
}

/** Converts a net that reads BGR to RGB by reversing the input channels of its first kernel. */
function bgrToRgb(arrays: StoredWeights["arrays"]): StoredWeights["arrays"] {
  const name = "block1_conv1/kernel";
  const kernel = arrays.get(name)!;
  const [, , channels = 0, filters = 0] = kernel.shape;
  const read = async (): Promise<Float32Array<ArrayBuffer>> => {
    const values = await kernel.read();
    const reversed = new Float32Array(values.length);
    for (let from = 0; from < values.length; from += filters) {
      const channel = from / filters % channels;
      const to = from + (channels - 1 - 2 * channel) * filters;
      reversed.set(values.subarray(from, from + filters), to);
    }
    return reversed;
  };
  return new Map([...arrays, [name, { shape: kernel.shape, read }]]);
}

/** Settings that differ between frameworks and do not follow from shapes. */
const frameworkDefaults: Readonly<Record<StoredWeights["source"], VGGOptions>> = {
  vgg: {},
  keras: {},
  torchvision: { batchNormEpsilon: 1e-5, batchNormMomentum: 0.9 },
  onnx: { batchNormEpsilon: 1e-5 },
};

/**
 * Infers the options of the network that has arrays of the given names and shapes.
 *
 * @throws {WeightsError} See {@linkcode describeWeights}.
 */
export function inferNetwork(
  path: string,
  arrays: Shapes,
  defaults: VGGOptions,
): NetDescription["network"] {
  const shapeOf = (name: string): readonly number[] => arrays.get(name)?.shape ?? [];
  const classes = shapeOf("predictions/kernel")[1];
  if (classes === undefined) {
    throw new WeightsError(
      `${path} has no classifier; a net without its top can only be fine-tuned`,
    );
  }
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
    inputSize: inputSizeOf(arrays) ?? defaults.inputSize ?? 224,
    batchNorm: arrays.has("block1_conv1_bn/gamma"),
    convBias: arrays.has("block1_conv1/bias"),
  } as const;
  requireShapes(path, arrays, weightShapes(network));
  return network;
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

/** The side of the input, a multiple of 32, for which the first fully connected layer has its length. */
function inputSizeOf(arrays: Shapes): number | undefined {
  const length = arrays.get("fc1/kernel")?.shape[0];
  const kernels = [...arrays].filter(([name]) => /^block5_conv\d\/kernel$/.test(name));
  const channels = kernels.at(-1)?.[1].shape[3];
  return length && channels
    ? 32 * Math.max(1, Math.round(Math.sqrt(length / channels)))
    : undefined;
}

function numberedClasses(count: number): ClassLabel[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: `class ${index}` }));
}
