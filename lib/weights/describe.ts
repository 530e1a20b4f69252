import type { ClassLabel } from "../data/dataset.ts";
import { type ConfigurationName, configurations } from "../vgg/configurations.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { WeightsError } from "./errors.ts";
import type { NetDescription } from "./net.ts";
import type { StoredWeights } from "./open_weights.ts";
import { guessPreprocessing, type PreprocessingName, preprocessings } from "./preprocessing.ts";
import { requireShapes } from "./require_shapes.ts";
import { weightShapes } from "./weight_shapes.ts";

/** What a user knows about weights whose file does not say it. */
export interface DescribeOptions {
  /** How images became the net's input. Default: by the file's name, see `guessPreprocessing`. */
  readonly preprocessing?: PreprocessingName;
  /** The classes in the order of the net's outputs. Default: their numbers. */
  readonly classes?: readonly ClassLabel[];
  /** The side of the input, where a small head does not tell. Default 224. */
  readonly inputSize?: number;
}

type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** Weights of which is known what net they are of, and that read RGB images. */
export interface DescribedWeights extends StoredWeights {
  readonly description: NetDescription;
}

/**
 * Finds out what the weights of a file are: as the file says itself, or else as follows from the shapes
 * of its arrays and from what published nets of its kind are like.
 *
 * @throws {WeightsError} Where no net of the paper has such weights, with every name and shape that does
 *   not fit.
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
  const { normalisation, fit, colours } =
    preprocessings[options.preprocessing ?? guessPreprocessing(source, path)];
  const { classes = numbered(network.classes) } = options;
  if (classes.length !== network.classes) {
    throw new WeightsError(`${path} is of ${network.classes} classes. Received: ${classes.length}`);
  }
  return {
    ...weights,
    arrays: colours === "BGR" ? readingRgb(arrays) : arrays,
    description: { network, classes, fit: fit(network.inputSize), normalisation },
  };
}

/** @throws {WeightsError} Where no net is as a file says that its own is. */
function requirePossible(path: string, { network }: NetDescription): void {
  try {
    weightShapes(network);
  } catch (error) {
    throw new WeightsError(`${path} describes no net: ${(error as Error).message}`);
  }
}

/** A net that reads BGR reads RGB once its first kernels' input channels are in the other order. */
function readingRgb(arrays: StoredWeights["arrays"]): StoredWeights["arrays"] {
  const name = "block1_conv1/kernel";
  const kernel = arrays.get(name)!;
  const [, , channels = 0, filters = 0] = kernel.shape;
  const read = async (): Promise<Float32Array<ArrayBuffer>> => {
    const values = await kernel.read();
    const turned = new Float32Array(values.length);
    for (let from = 0; from < values.length; from += filters) {
      const channel = from / filters % channels;
      const to = from + (channels - 1 - 2 * channel) * filters;
      turned.set(values.subarray(from, from + filters), to);
    }
    return turned;
  };
  return new Map([...arrays, [name, { shape: kernel.shape, read }]]);
}

/** What frameworks do otherwise that shapes do not show. */
const frameworkDefaults: Readonly<Record<StoredWeights["source"], VGGOptions>> = {
  vgg: {},
  keras: {},
  torchvision: { batchNormEpsilon: 1e-5, batchNormMomentum: 0.9 },
  onnx: { batchNormEpsilon: 1e-5 },
};

/**
 * The options of the network that has arrays of these names and shapes.
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
      `${path} has no classifier: a net without a top is for fine-tuning alone`,
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
    inputSize: sideOf(arrays) ?? defaults.inputSize ?? 224,
    batchNorm: arrays.has("block1_conv1_bn/gamma"),
    convBias: arrays.has("block1_conv1/bias"),
  } as const;
  requireShapes(path, arrays, weightShapes(network));
  return network;
}

/** Of columns that have as many weights the first: that of A-LRN is A's. */
function configurationOf(arrays: Shapes): ConfigurationName {
  const names = Object.keys(configurations) as ConfigurationName[];
  const found = names.find((configuration) => {
    const own = [...weightShapes({ configuration, classes: 1 })].filter(([name]) =>
      /^block\d_conv\d\/kernel$/.test(name)
    );
    const there = [...arrays].filter(([name]) => /^block\d_conv\d\/kernel$/.test(name));
    return own.length === there.length &&
      own.every(([name, shape]) => arrays.get(name)?.shape[0] === shape[0]);
  });
  return found ?? "D";
}

/**
 * The middle of the widths that give all layers their channels, which are rounded; where there is none,
 * a layer does not fit.
 */
function widthOf(arrays: Shapes, configuration: ConfigurationName): number {
  let [least, most] = [0, Infinity];
  for (const [name, shape] of weightShapes({ configuration, head: "4096-4096" })) {
    const found = arrays.get(name)?.shape.at(-1);
    if (!name.endsWith("/kernel") || name.startsWith("predictions") || !found) continue;
    least = Math.max(least, (found - 0.5) / shape.at(-1)!);
    most = Math.min(most, (found + 0.5) / shape.at(-1)!);
  }
  return (least + Math.max(least, most)) / 2;
}

/** The input's side that gives the first fully connected layer its length, a multiple of 32. */
function sideOf(arrays: Shapes): number | undefined {
  const length = arrays.get("fc1/kernel")?.shape[0];
  const kernels = [...arrays].filter(([name]) => /^block5_conv\d\/kernel$/.test(name));
  const channels = kernels.at(-1)?.[1].shape[3];
  return length && channels
    ? 32 * Math.max(1, Math.round(Math.sqrt(length / channels)))
    : undefined;
}

function numbered(count: number): ClassLabel[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: `class ${index}` }));
}
