import { articleAugmentation, type Translate } from "../data/augment/mod.ts";
import type { Recipe } from "./config/recipe.ts";

export type { Recipe, Schedule, WeightDecay } from "./config/recipe.ts";

/** The names of {@linkcode recipes}. */
export type RecipeName = "article" | "paper" | "fast" | "cifar";

/** Shifts by a sixteenth of the side. */
function translated(flip: Translate["flip"]): (size: number) => Translate {
  return (size) => ({
    kind: "translate",
    pixels: Math.max(1, Math.round(size / 16)),
    fill: "reflect",
    flip,
  });
}

/** The recipes for nets that start from random weights. */
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
    normalization: "rescale",
    augmentation: () => articleAugmentation,
    network: { head: "4096-4096", dropout: 0, batchNorm: false, initializer: "glorot" },
  },
  paper: {
    about: "section 3.1 of the paper: random crops, flips and colors, L2, dropout, a falling rate",
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
    // Inputs are 0 to 255: Glorot's initialization scales them down to logits of a useful size.
    normalization: "subtract-mean",
    augmentation: (size) => ({
      kind: "paper",
      crop: size,
      // The paper's S = 256 for crops of 224.
      shortestSide: [Math.round(size * 256 / 224), Math.round(size * 256 / 224)],
      flip: true,
      colorShift: 0.1,
    }),
    // Section 3.1 of the paper: with Glorot's initialization deep nets train without a shallow one.
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
    normalization: "standardize",
    augmentation: translated(true),
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
  cifar: {
    about:
      "most accuracy for its arithmetic on thousands of images of 32 px: the network S in batches " +
      "of 1024, the published airbench94",
    epochs: 10,
    batchSize: 1024,
    passesPerEpoch: 1,
    momentum: 0.85,
    nesterov: true,
    schedule: { kind: "one-cycle", peak: 1.5, start: 0.2, rise: 0.23, end: 0.07 },
    rateFactors: { offsets: 64, classifier: 1 / 81 },
    weightDecay: { kind: "l2", value: 1.33e-3, vectors: true },
    lookahead: { every: 5, keep: 0.95 },
    labelSmoothing: 0.2,
    clipNorm: 0,
    flipAtTest: true,
    shiftAtTest: 1,
    earlyStopping: 0,
    size: 32,
    fit: "stretch",
    normalization: "standardize",
    augmentation: translated("alternate"),
    network: {
      configuration: "S",
      head: "max",
      whitening: true,
      nonlinearity: "gelu",
      batchNorm: true,
      batchNormMomentum: 0.6,
      batchNormEpsilon: 1e-5,
      batchNormScale: false,
      convBias: false,
      initializer: "dirac",
      classifierInitializer: { standardDeviation: 0.004 },
    },
  },
};

/** The names of {@linkcode transferRecipes}. */
export type TransferRecipeName = "finetune" | "features";

/**
 * The recipes for nets that start from trained weights. Preprocessing and network come with the
 * weights: `fit` and `normalization` here have no effect, and of the network only the last layers are
 * the recipe's.
 */
export const transferRecipes: Readonly<Record<TransferRecipeName, Recipe>> = {
  finetune: {
    ...recipes.fast,
    about: "from trained weights: the new layers first, then all, block by block from the top, " +
      "at a lower rate",
    epochs: 16,
    batchSize: 32,
    schedule: { kind: "one-cycle", peak: 0.2, start: 0.1, rise: 0.1, end: 0.01 },
    noBatchNormRateFactor: 0.05,
    unfreezing: [
      { until: 0.2, blocks: 0, rate: 1 },
      { until: 0.35, blocks: 1, rate: 0.1 },
      { until: 0.5, blocks: 2, rate: 0.1 },
      { until: 0.65, blocks: 3, rate: 0.1 },
      { until: 1, blocks: 5, rate: 0.1 },
    ],
    network: { initializer: "he", classifierInitializer: { standardDeviation: 0.01 } },
  },
  features: {
    ...recipes.fast,
    about:
      "from trained weights: a linear classifier on the features of the frozen net, in seconds",
    // An epoch is `passesPerEpoch` steps of the solver, each over all features.
    epochs: 20,
    passesPerEpoch: 25,
    batchSize: 64,
    weightDecay: { kind: "l2", value: 0.1 },
    labelSmoothing: 0,
    flipAtTest: false,
    augmentation: () => ({ kind: "none" }),
    linearProbe: true,
    network: {},
  },
};

/** The names of {@linkcode allRecipes}. */
export type AnyRecipeName = RecipeName | TransferRecipeName;

/** All recipes by name. */
export const allRecipes: Readonly<Record<AnyRecipeName, Recipe>> = {
  ...recipes,
  ...transferRecipes,
};
