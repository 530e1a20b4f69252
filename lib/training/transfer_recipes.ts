import { type Recipe, type RecipeName, recipes } from "./recipes.ts";

/** The names of {@linkcode transferRecipes}. */
export type TransferRecipeName = "finetune" | "features";

/**
 * Recipes for nets that begin with trained weights. The preprocessing travels with these: `size`, `fit`
 * and `normalisation` are theirs, and the network is theirs but for its last layers.
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
    // Steps of its solver over all features at once.
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

/** The names of all recipes. */
export type AnyRecipeName = RecipeName | TransferRecipeName;

/** Those that begin with random weights, and those that need trained ones. */
export const allRecipes: Readonly<Record<AnyRecipeName, Recipe>> = {
  ...recipes,
  ...transferRecipes,
};
