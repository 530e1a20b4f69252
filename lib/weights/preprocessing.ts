import type { Normalisation } from "../data/augment/mod.ts";
import type { Resize } from "../data/dataset.ts";
import type { WeightsSource } from "./open_weights.ts";

/** How published nets were shown images, by who published them. */
export type PreprocessingName = "keras" | "torchvision" | "rescale";

export interface Preprocessing {
  readonly normalisation: Normalisation;
  readonly fit: (size: number) => Resize;
  /** The order in which the first kernel reads colours. */
  readonly colours: "RGB" | "BGR";
}

export const preprocessings: Readonly<Record<PreprocessingName, Preprocessing>> = {
  /** Caffe's, which Keras's VGG16 and VGG19 were converted from: BGR from 0 to 255, less its means. */
  keras: {
    normalisation: {
      kind: "subtract-mean",
      mean: [123.68, 116.779, 103.939],
      deviation: [1, 1, 1],
    },
    fit: (size) => ({ mode: "stretch", size }),
    colours: "BGR",
  },
  torchvision: {
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
    normalisation: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    fit: (size) => ({ mode: "stretch", size }),
    colours: "RGB",
  },
};

export const preprocessingNames = Object.keys(preprocessings) as PreprocessingName[];

/**
 * What a file that does not say it itself was most likely trained with: the names of Keras's and
 * torchvision's published files are known.
 */
export function guessPreprocessing(source: WeightsSource, path: string): PreprocessingName {
  const published: Readonly<Partial<Record<WeightsSource, RegExp>>> = {
    keras: /vgg1[69]_weights_tf_dim_ordering_tf_kernels(_notop)?\.h5$/,
    torchvision: /vgg1[1369](_bn)?-[0-9a-f]{8}\.(pth|safetensors)$/,
  };
  const known = published[source]?.test(path) && Object.hasOwn(preprocessings, source);
  return known ? source as PreprocessingName : "rescale";
}
