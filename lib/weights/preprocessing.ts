import type { Normalization } from "../data/augment/mod.ts";
import type { Resize } from "../data/dataset.ts";
import { oneLine } from "../display/format.ts";
import type { FileFacts } from "./file_content.ts";

/** What tells the preprocessing of a file. */
interface StoredFile {
  readonly path: string;
  readonly source: string;
  readonly storedNames: readonly string[];
  readonly facts: FileFacts;
}

/** The names of known ways to turn images into a net's input. */
export type PreprocessingName = "keras" | "torchvision" | "rescale";

export interface Preprocessing {
  /** The net's input in a few words. */
  readonly about: string;
  readonly normalization: Normalization;
  readonly fit: (size: number) => Resize;
  /** The order of the colors in the first kernel. */
  readonly channelOrder: "RGB" | "BGR";
}

export const preprocessings: Readonly<Record<PreprocessingName, Preprocessing>> = {
  /** Caffe's, from which Keras's VGG16 and VGG19 were converted: BGR from 0 to 255 minus the means. */
  keras: {
    about: "BGR from 0 to 255 minus ImageNet's mean",
    normalization: {
      kind: "subtract-mean",
      mean: [123.68, 116.779, 103.939],
      deviation: [1, 1, 1],
    },
    fit: (size) => ({ mode: "stretch", size }),
    channelOrder: "BGR",
  },
  torchvision: {
    about: "RGB minus ImageNet's mean, divided by its standard deviation",
    normalization: {
      kind: "standardize",
      mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
      deviation: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    },
    fit: (size) => ({ mode: "crop", size, shortestSide: Math.round(size * 256 / 224) }),
    channelOrder: "RGB",
  },
  /** The article's: from 0 to 1. */
  rescale: {
    about: "RGB from 0 to 1",
    normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    fit: (size) => ({ mode: "stretch", size }),
    channelOrder: "RGB",
  },
};

export const preprocessingNames = Object.keys(preprocessings) as PreprocessingName[];

/** A net with 1000 classes was most likely trained on ImageNet, with the published preprocessing. */
const imageNetClasses = 1000;

/** The names of published files, which identify them even without a classifier. */
const publishedFiles = {
  keras: /vgg1[69]_weights_tf_dim_ordering_tf_kernels(_notop)?\.h5$/,
  torchvision: /vgg1[1369](_bn)?-[0-9a-f]{8}\.(pth|safetensors)$/,
};

/** The names of layers or arrays that all published files of a framework have, whatever the file's name. */
const publishedNames = {
  // Graphs number the calls of a layer: block1_conv1_1.
  keras: [/(^|\/)block1_conv1(_\d+)?(\/|$)/],
  torchvision: [
    /(^|\.)features\.(module\.)?0\.weight$/,
    /(^|\.)(classifier\.(module\.)?6|head\.fc)\.weight$/,
  ],
};

/**
 * Guesses the preprocessing of a file without a description: that of Keras or torchvision if the file has
 * the name of a published one, or 1000 classes and the framework's names of layers; otherwise `rescale`.
 */
export function guessPreprocessing(
  { path, source, storedNames }: Omit<StoredFile, "facts">,
  classes: number,
): PreprocessingName {
  const isLike = (framework: "keras" | "torchvision"): boolean =>
    publishedFiles[framework].test(path) ||
    classes === imageNetClasses &&
      publishedNames[framework].every((name) => storedNames.some((stored) => name.test(stored)));
  // This library's own files also have Keras's names.
  if (source !== "vgg" && isLike("keras")) return "keras";
  return isLike("torchvision") ? "torchvision" : "rescale";
}

/** How images become a net's input, and in one line what was assumed of that. */
export type DescribedPreprocessing = Omit<Preprocessing, "about"> & {
  readonly assumption?: string;
};

/** Returns the preprocessing that the user asks for, else that of the file, else an assumed one. */
export function preprocessingOf(
  weights: StoredFile,
  classes: number,
  asked?: PreprocessingName,
): DescribedPreprocessing {
  if (asked) return preprocessings[asked];
  const { path, facts: { preprocessing } } = weights;
  const guess = guessPreprocessing(weights, classes);
  if (!preprocessing) {
    return { ...preprocessings[guess], assumption: preprocessingAssumption(path, guess) };
  }
  // Files do not say how images are cut to the size of the input. Keras's programs read whole images.
  const known = weights.source === "keras" ? undefined : Object.values(preprocessings)
    .find(({ normalization }) => isSame(normalization, preprocessing.normalization));
  return { fit: (known ?? preprocessings.rescale).fit, ...preprocessing };
}

function isSame(one: Normalization, other: Normalization): boolean {
  const numbers = ({ mean, deviation }: Normalization): number[] => [...mean, ...deviation];
  return numbers(one).every((value, index) => Math.abs(value - numbers(other)[index]!) < 0.01);
}

/** Describes in one line which preprocessing is assumed for a file, and how to choose another. */
function preprocessingAssumption(path: string, name: PreprocessingName): string {
  return oneLine(
    `${path} does not specify its preprocessing: assumed ${name} (${
      preprocessings[name].about
    }). To choose another: --preprocessing ${preprocessingNames.join("|")}`,
  );
}
