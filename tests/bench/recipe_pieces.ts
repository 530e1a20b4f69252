import type { TrainSettings } from "../../lib/training/config/settings.ts";

/** What training is asked for beside the recipe `fast`. */
export type RecipeChange = Pick<TrainSettings, "network" | "changes" | "learningRate">;

/** The recipe `fast` with one piece less each: in its place stands what a plain recipe has. */
const withoutPiece: Readonly<Record<string, RecipeChange>> = {
  "batch normalization": { network: { batchNorm: false, convBias: true } },
  "kernels that start as the identity": { network: { initializer: "he" } },
  "a small start of the last layer": { network: { classifierInitializer: "same" } },
  "a rate that rises and falls": {
    changes: { schedule: { kind: "constant", rate: 0.02 } },
  },
  "Nesterov's momentum": { changes: { nesterov: false } },
  "an L2 penalty": { network: { weightDecay: 0 } },
  "label smoothing": { changes: { labelSmoothing: 0 } },
  "mirroring": {
    changes: {
      augmentation: () => ({ kind: "translate", pixels: 2, fill: "reflect", flip: false }),
    },
  },
  "moves": { changes: { augmentation: () => ({ kind: "flip" }) } },
  "the mirrored image at test time": { changes: { flipAtTest: false } },
};

/** What was tried, and is not part of the recipe. */
const tried: Readonly<Record<string, RecipeChange>> = {
  "with twice the rate": { learningRate: 0.1 },
};

/** What changes about the recipe, by its name. */
export const recipeChanges: Readonly<Record<string, RecipeChange>> = {
  ...Object.fromEntries(
    Object.entries(withoutPiece).map(([piece, change]) => [`without ${piece}`, change]),
  ),
  ...tried,
};
