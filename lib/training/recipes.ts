import { articleAugmentation, type Augmentation, type Normalisation } from "../data/augment/mod.ts";
import type { Resize } from "../data/dataset.ts";
import type { VGGOptions } from "../vgg/options.ts";
import type { UnfreezingStage } from "./step/frozen_layers.ts";

/** How the learning rate moves. */
export type Schedule =
  | { kind: "constant"; rate: number }
  /**
   * Divided by `divisor` when validation accuracy has not risen for `patience` epochs, at most `times`
   * times. Without validation images, when the training loss has not fallen for as many.
   */
  | { kind: "plateau"; rate: number; divisor: number; patience: number; times: number }
  /** A line up from `start` × `peak`, reached after `rise` of all steps, then a line down to `end` × `peak`. */
  | { kind: "one-cycle"; peak: number; start: number; rise: number; end: number }
  /** Half a cosine from `rate` down to zero. */
  | { kind: "cosine"; rate: number };

/** What pulls the weights towards zero. */
export type WeightDecay =
  /** Added to the gradient, of kernels only: the paper's L2 penalty. */
  | { kind: "l2"; value: number }
  /** Taken off all weights beside the gradient step, and not multiplied by the rate, as TensorFlow Addons' SGDW does. */
  | { kind: "decoupled"; value: number };

/** Everything that decides how a net is trained, but the data and the architecture. */
export interface Recipe {
  readonly about: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Passes over the data that are called one epoch. */
  readonly passesPerEpoch: number;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly schedule: Schedule;
  readonly weightDecay: WeightDecay;
  readonly labelSmoothing: number;
  /** Gradients whose common norm is larger are scaled down to it; 0 for no limit. */
  readonly clipNorm: number;
  /** Whether evaluations average each image's probabilities with its mirror image's. */
  readonly flipAtTest: boolean;
  /** Stops when validation accuracy has not risen for so many epochs; 0 for never. */
  readonly earlyStopping: number;
  /** The input's size in pixels, where neither the user nor the data set says another. */
  readonly size: number;
  /** Factor on the rate of nets without batch normalization. Default 1. */
  readonly noBatchNormRateFactor?: number;
  /** How images are brought to the input's size, where augmentation does not crop them. */
  readonly fit: Resize["mode"];
  readonly normalisation: Normalisation["kind"];
  /** For an input of `size` pixels. */
  readonly augmentation: (size: number) => Augmentation;
  /** Of a net with trained weights, what trains when; by default all of it, always. */
  readonly unfreezing?: readonly UnfreezingStage[];
  /**
   * Trains only the last layer, as a linear classifier of the features that the others give. Nothing
   * about steps and augmentation counts then.
   */
  readonly linearProbe?: true;
  /** What the recipe asks of the network, where the user does not. */
  readonly network: Partial<VGGOptions>;
}

export type RecipeName = "article" | "paper" | "fast";

/** The recipes by name. */
export const recipes: Readonly<Record<RecipeName, Recipe>> = {
  article: {
    about: "the article's exact settings: SGDW at a constant rate, small rotations and shifts",
    epochs: 40,
    batchSize: 256,
    passesPerEpoch: 2,
    momentum: 0.9,
    nesterov: true,
    schedule: { kind: "constant", rate: 0.01 },
    weightDecay: { kind: "decoupled", value: 5e-4 },
    labelSmoothing: 0,
    clipNorm: 0,
    flipAtTest: false,
    earlyStopping: 0,
    size: 224,
    fit: "stretch",
    normalisation: "rescale",
    augmentation: () => articleAugmentation,
    network: { head: "4096-4096", dropout: 0, batchNorm: false, initializer: "glorot" },
  },
  paper: {
    about: "section 3.1 of the paper: random crops, flips and colours, L2, dropout, a falling rate",
    epochs: 74,
    batchSize: 256,
    passesPerEpoch: 1,
    momentum: 0.9,
    nesterov: false,
    schedule: { kind: "plateau", rate: 0.01, divisor: 10, patience: 5, times: 3 },
    weightDecay: { kind: "l2", value: 5e-4 },
    labelSmoothing: 0,
    clipNorm: 0,
    flipAtTest: false,
    earlyStopping: 0,
    size: 224,
    fit: "shortest-side",
    // Units of 0 to 255: Glorot's initialisation brings them down to logits of a useful size.
    normalisation: "subtract-mean",
    augmentation: (size) => ({
      kind: "paper",
      crop: size,
      // The paper's S = 256 for crops of 224.
      shortestSide: [Math.round(size * 256 / 224), Math.round(size * 256 / 224)],
      flip: true,
      colourShift: 0.1,
    }),
    // Section 3.1 of the paper: with Glorot's initialisation the deep nets train without a shallow one.
    network: { head: "4096-4096", dropout: 0.5, batchNorm: false, initializer: "glorot" },
  },
  fast: {
    about: "most accuracy in minutes: batch normalization, kernels that start as the identity, " +
      "a rate that rises and falls, label smoothing, flips and shifts",
    epochs: 8,
    batchSize: 64,
    passesPerEpoch: 1,
    momentum: 0.9,
    nesterov: true,
    schedule: { kind: "one-cycle", peak: 0.05, start: 0.1, rise: 0.25, end: 0.01 },
    weightDecay: { kind: "l2", value: 5e-4 },
    labelSmoothing: 0.1,
    clipNorm: 0,
    flipAtTest: true,
    earlyStopping: 0,
    size: 64,
    fit: "stretch",
    normalisation: "standardise",
    augmentation: (size) => ({
      kind: "translate",
      pixels: Math.max(1, Math.round(size / 16)),
      fill: "reflect",
      flip: true,
    }),
    network: {
      configuration: "A",
      head: "small",
      batchNorm: true,
      batchNormMomentum: 0.9,
      convBias: false,
      initializer: "dirac",
      classifierInitializer: { standardDeviation: 0.01 },
    },
  },
};
