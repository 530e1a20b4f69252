import type { Settings } from "../../lib/training/settings.ts";

/** A piece of the recipe `fast`: what training is asked for instead, to be without it. */
export type RecipePiece = Pick<Settings, "network" | "changes" | "learningRate">;

/** The recipe `fast` with one piece less each: in its place stands what a plain recipe has. */
export const withoutPiece: Readonly<Record<string, RecipePiece>> = {
  "batch normalization": { network: { batchNorm: false, convBias: true } },
  "kernels that start as the identity": { network: { initializer: "he" } },
  "a small start of the last layer": { network: { classifierInitializer: "same" } },
  "a rate that rises and falls": {
    changes: { schedule: { kind: "constant", rate: 0.02 } },
  },
  "a higher rate for narrow nets": { learningRate: 0.05 },
  "Nesterov's momentum": { changes: { nesterov: false } },
  "an L2 penalty": { network: { weightDecay: 0 } },
  "label smoothing": { changes: { labelSmoothing: 0 } },
  "mirroring": {
    changes: {
      augmentation: () => ({ kind: "translate", pixels: 2, fill: "reflect", flip: false }),
    },
  },
  "moves": { changes: { augmentation: () => ({ kind: "flip" }) } },
  "the mirrored picture at test time": { changes: { flipAtTest: false } },
};

/** The piece that makes steps cheaper, for pictures that are large enough: they grow while it trains. */
export const withoutGrowth: Readonly<Record<string, RecipePiece>> = {
  "pictures that grow": { changes: { growth: [] } },
};
