import type { ClassLabel } from "../data/dataset.ts";
import { oneLine } from "../display/format.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { withTop } from "./network/blank_top.ts";
import { WeightsError } from "./errors.ts";
import { bgrToRgb, grayNote, readingColors, readsGray } from "./network/image_channels.ts";
import { inferNetwork } from "./network/infer_network.ts";
import { type NetDescription, normalizationSchema } from "./net.ts";
import type { StoredWeights } from "./open_weights.ts";
import { type PreprocessingName, preprocessingOf } from "./preprocessing.ts";
import { weightShapes } from "./weight_shapes.ts";

/** Facts about weights whose file has no description. */
export interface DescribeOptions {
  /** The preprocessing of images. Default: what the file says, or else guessed by its names. */
  readonly preprocessing?: PreprocessingName;
  /** The classes in the order of the net's outputs. Default: what the file says, or else their numbers. */
  readonly classes?: readonly ClassLabel[];
  /** The classes in the order of the net's outputs, instead of those that the file names. */
  readonly classNames?: readonly ClassLabel[];
  /**
   * The side of the input in pixels, which does not follow from a small head. Default: what the file says,
   * or else 224.
   */
  readonly inputSize?: number;
  /**
   * Whether weights without a VGG's classifier are refused, `"required"` by default, or get a blank one of
   * one class, which must be replaced.
   */
  readonly top?: "required" | "optional";
}

/** Weights with a description of their net, which reads RGB images. */
export interface DescribedWeights extends StoredWeights {
  /** The file's description, or an inferred one. */
  readonly description: NetDescription;
  /** The assumption about the preprocessing, in one line, if neither the file nor the caller specified it. */
  readonly assumption?: string;
  /** The file that describes the net, if it is not that of the weights: a run's `run.json`. */
  readonly describedIn?: string;
  /** What else was assumed, left out or replaced, one line each. */
  readonly notes: readonly string[];
}

/** All that the user should be told about weights, one line each. */
export function remarksOn({ assumption, notes }: DescribedWeights): string[] {
  return [...(assumption ? [assumption] : []), ...notes];
}

/**
 * Adds the description of the net to the weights of a file: the file's own description, or one inferred
 * from what the file says, from the shapes of its arrays and from the conventions of the framework that
 * wrote it.
 *
 * @throws {WeightsError} If no net of the paper has such weights; the error lists every name and shape that
 *   does not fit.
 */
export function describeWeights(
  stored: StoredWeights,
  options: DescribeOptions = {},
): DescribedWeights {
  const { path, source, description, facts } = stored;
  if (description) {
    requirePossible(path, description);
    const { network, classes } = description;
    const named = requireAsMany(path, network.classes, options.classNames ?? classes);
    return {
      ...stored,
      description: { ...description, classes: named },
      notes: [
        ...notesOf(stored),
        ...(options.preprocessing
          ? [
            `${path} specifies its own preprocessing, which is used. Received: ${options.preprocessing}`,
          ]
          : []),
      ],
    };
  }
  const whole = options.top === "optional" ? withTop(stored) : requireTop(stored);
  const weights = { ...whole, arrays: readingColors(path, whole.arrays) };
  const inputSize = options.inputSize ?? facts.inputSize;
  const network = inferNetwork(path, weights.arrays, {
    ...frameworkDefaults[source],
    ...(facts.batchNormEpsilon === undefined ? {} : { batchNormEpsilon: facts.batchNormEpsilon }),
    ...(facts.batchNormMomentum === undefined
      ? {}
      : { batchNormMomentum: facts.batchNormMomentum }),
    ...(inputSize === undefined ? {} : { inputSize }),
  });
  const { normalization, fit, channelOrder, assumption } = preprocessingOf(
    weights,
    network.classes,
    options.preprocessing,
  );
  if (!normalizationSchema.safeParse(normalization).success) {
    throw new WeightsError(
      `${path} must have finite means of pixels, and deviations other than 0. Received: ` +
        `${normalization.mean} and ${normalization.deviation}`,
    );
  }
  const classes = requireAsMany(
    path,
    network.classes,
    options.classNames ?? options.classes ?? namedClasses(network.classes, facts.classes),
  );
  return {
    ...weights,
    arrays: channelOrder === "BGR" && !readsGray(stored.arrays)
      ? bgrToRgb(weights.arrays)
      : weights.arrays,
    description: { network, classes, fit: fit(network.inputSize), normalization },
    ...(assumption ? { assumption } : {}),
    notes: [...notesOf(stored), ...sizeNotes(stored, network, inputSize)],
  };
}

/** @throws {WeightsError} If there are more or fewer names than classes. */
function requireAsMany(
  path: string,
  count: number,
  names: readonly ClassLabel[],
): readonly ClassLabel[] {
  if (names.length === count) return names;
  throw new WeightsError(
    `${path} has ${count} classes. Received: ${names.length} names of classes`,
  );
}

/** What is said of the size of the input, if it was assumed, or is not the one that was asked for. */
function sizeNotes(
  { path, arrays }: StoredWeights,
  { inputSize, head }: NetDescription["network"],
  known: number | undefined,
): string[] {
  // Without a classifier convolutions fit any size.
  if (!arrays.has("predictions/kernel")) return [];
  if (known === undefined) {
    return head !== "small" ? [] : [
      `${path} does not specify the size of its input: assumed ${inputSize} px. ` +
      "To choose another: --size PX",
    ];
  }
  return known === inputSize ? [] : [
    `${path} has a classifier for inputs of ${inputSize} px, not of ${known} px`,
  ];
}

function notesOf({ path, arrays, description, otherHead, facts }: StoredWeights): string[] {
  const { notes = [], activation } = facts;
  const outputs = arrays.get("predictions/bias")?.shape[0] ?? 0;
  return [
    ...notes,
    ...(!description && readsGray(arrays) ? [grayNote] : []),
    ...(activation === "sigmoid" && outputs > 2
      ? ["its outputs, each a sigmoid of its own, were taken for those of a softmax"]
      : []),
    ...(otherHead
      ? [`its classifier (${otherHead}) is not a VGG's: only its convolutions are used`]
      : []),
  ].map((note) => oneLine(`${path}: ${note}`));
}

/** @throws {WeightsError} If the weights have no classifier, or that of another net. */
function requireTop(weights: StoredWeights): StoredWeights {
  const { path, arrays, otherHead } = weights;
  if (arrays.has("predictions/kernel")) return weights;
  throw new WeightsError(
    otherHead
      ? `${path} has a classifier (${otherHead}) that is not a VGG's; ` +
        `its convolutions can be used: train --weights ${path}`
      : `${path} has no classifier; a net without its top can only be fine-tuned: ` +
        `train --weights ${path}`,
  );
}

/** @throws {WeightsError} If the description is not one of a possible net. */
function requirePossible(path: string, { network }: NetDescription): void {
  try {
    weightShapes(network);
  } catch (error) {
    throw new WeightsError(`${path} describes an impossible net: ${(error as Error).message}`);
  }
}

/** Settings that differ between frameworks and do not follow from shapes. */
const frameworkDefaults: Readonly<Record<StoredWeights["source"], VGGOptions>> = {
  vgg: {},
  keras: {},
  torchvision: { batchNormEpsilon: 1e-5, batchNormMomentum: 0.9 },
  onnx: { batchNormEpsilon: 1e-5 },
};

/** The classes by the names in the file, if there are as many, or else by their numbers. */
function namedClasses(count: number, names?: readonly string[]): ClassLabel[] {
  if (names?.length === count) return names.map((name) => ({ id: name, name }));
  return Array.from({ length: count }, (_, index) => ({ id: `${index}`, name: `class ${index}` }));
}
