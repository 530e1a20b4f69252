import type { Normalisation } from "../data/augment/mod.ts";
import type { Resize } from "../data/dataset.ts";
import { oneLine } from "../display/one_line.ts";
import type { StoredWeights } from "./open_weights.ts";

/** How published nets were shown images, by who published them. */
export type PreprocessingName = "keras" | "torchvision" | "rescale";

export interface Preprocessing {
  /** What the net reads, in a few words. */
  readonly about: string;
  readonly normalisation: Normalisation;
  readonly fit: (size: number) => Resize;
  /** The order in which the first kernel reads colours. */
  readonly colours: "RGB" | "BGR";
}

export const preprocessings: Readonly<Record<PreprocessingName, Preprocessing>> = {
  /** Caffe's, which Keras's VGG16 and VGG19 were converted from: BGR from 0 to 255, less its means. */
  keras: {
    about: "BGR from 0 to 255 less ImageNet's mean",
    normalisation: {
      kind: "subtract-mean",
      mean: [123.68, 116.779, 103.939],
      deviation: [1, 1, 1],
    },
    fit: (size) => ({ mode: "stretch", size }),
    colours: "BGR",
  },
  torchvision: {
    about: "RGB less ImageNet's mean, divided by its deviation",
    normalisation: {
      kind: "standardise",
      mean: [0.485 * 255, 0.456 * 255, 0.406 * 255],
      deviation: [0.229 * 255, 0.224 * 255, 0.225 * 255],
    },
    fit: (size) => ({ mode: "crop", size, shortestSide: Math.round(size * 256 / 224) }),
    colours: "RGB",
  },
  /** From 0 to 1, as in the article. */
  rescale: {
    about: "RGB from 0 to 1",
    normalisation: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    fit: (size) => ({ mode: "stretch", size }),
    colours: "RGB",
  },
};

export const preprocessingNames = Object.keys(preprocessings) as PreprocessingName[];

/** Nets with as many are most likely trained on ImageNet, and shown images as the published ones. */
const imageNetClasses = 1000;

/** Published files, which tell by their names also where they have no classifier. */
const publishedFiles = {
  keras: /vgg1[69]_weights_tf_dim_ordering_tf_kernels(_notop)?\.h5$/,
  torchvision: /vgg1[1369](_bn)?-[0-9a-f]{8}\.(pth|safetensors)$/,
};

/** Layers or arrays that all published files of a framework have, whatever a file is called. */
const publishedNames = {
  keras: [/(^|\/)block1_conv1(\/|$)/],
  torchvision: [/^(module\.)?features\.0\.weight$/, /^(module\.)?classifier\.6\.weight$/],
};

/**
 * What a file that does not say it itself was most likely trained with: what Keras or torchvision published,
 * where the file is called as theirs, or has 1000 classes and names as theirs; else `rescale`.
 */
export function guessPreprocessing(
  { path, source, storedNames }: Pick<StoredWeights, "path" | "source" | "storedNames">,
  classes: number,
): PreprocessingName {
  const isLike = (framework: "keras" | "torchvision"): boolean =>
    publishedFiles[framework].test(path) ||
    classes === imageNetClasses &&
      publishedNames[framework].every((name) => storedNames.some((stored) => name.test(stored)));
  // This library has Keras's names in files of its own.
  if (source === "keras" && isLike("keras")) return "keras";
  return isLike("torchvision") ? "torchvision" : "rescale";
}

/** Says in one line which preprocessing is assumed for a file, and how to name another. */
export function tellAssumption(path: string, name: PreprocessingName): string {
  return oneLine(
    `${path} does not say how images become its input: assumed ${name} (${
      preprocessings[name].about
    }). To name another: --preprocessing ${preprocessingNames.join("|")}`,
  );
}
