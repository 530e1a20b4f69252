import { z } from "zod";
import type { Augmentation, Normalization } from "../../data/augment/mod.ts";
import type { Resize } from "../../data/dataset.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import type { UnfreezingStage } from "../step/frozen_layers.ts";
import {
  numberAbove,
  numberFrom,
  oneOf,
  setting,
  type SettingsOf,
  share,
  wholeNumber,
  yesOrNo,
} from "./setting.ts";

/** How the learning rate changes during training. */
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

/** What pulls the weights toward zero. */
export type WeightDecay =
  /** Added to the gradient: the paper's L2 penalty. Of kernels only, unless `vectors` is true. */
  | { kind: "l2"; value: number; vectors?: boolean | undefined }
  /** Subtracted from all weights apart from the gradient step (decoupled), not multiplied by the rate, as in TensorFlow Addons' SGDW. */
  | { kind: "decoupled"; value: number };

/** Factors on the learning rate; 1 by default. */
export interface RateFactors {
  /** Of the offsets of batch normalization, beta. */
  readonly offsets?: number | undefined;
  /** Of the last layer. */
  readonly classifier?: number | undefined;
}

/** When and how much weights are averaged with slow ones (Zhang et al. 2019; Jordan 2024). */
export interface LookaheadSettings {
  /** Steps between two averages. */
  readonly every: number;
  /** The share of the slow weights that is kept, for each step in between; it grows from 0 as the cube of the training's progress. */
  readonly keep: number;
}

/** How a net is trained: everything but the data and the architecture. */
export interface Recipe {
  /** What the recipe is for, in one line. */
  readonly about: string;
  /** The number of epochs. */
  readonly epochs: number;
  /** Images in a step, over all workers. */
  readonly batchSize: number;
  /** Passes over the data in one epoch. */
  readonly passesPerEpoch: number;
  /** Stochastic gradient descent with momentum, which is the default, or Adam. */
  readonly optimizer?: "sgd" | "adam";
  /** For `sgd`: the share of the velocity that a step keeps, from 0 to 1. */
  readonly momentum: number;
  /** For `sgd`: whether the momentum is Nesterov's. */
  readonly nesterov: boolean;
  /** The learning rate over the steps. */
  readonly schedule: Schedule;
  /** Factors on the rate of some weights. Their weight decay, as a part of the weight, stays the same. */
  readonly rateFactors?: RateFactors;
  /** Averages the weights with slow ones; see {@linkcode Lookahead}. By default it does not. */
  readonly lookahead?: LookaheadSettings;
  /** What pulls the weights toward zero. */
  readonly weightDecay: WeightDecay;
  /** The share of each target that is spread over all classes, from 0 to 1. */
  readonly labelSmoothing: number;
  /** Gradients whose common norm is larger are scaled down to it; 0 for no limit. */
  readonly clipNorm: number;
  /** Whether evaluations average each image's probabilities with its mirror image's. */
  readonly flipAtTest: boolean;
  /**
   * Pixels by which evaluations also shift images along both diagonals, with mirrored edges; half of the
   * average is the image itself. Default 0: not at all.
   */
  readonly shiftAtTest?: number;
  /** Stops when validation accuracy has not risen for so many epochs; 0 for never. */
  readonly earlyStopping: number;
  /** The input's side in pixels, if neither the user nor the data set gives one. */
  readonly size: number;
  /** Factor on the rate of nets without batch normalization. Default 1. */
  readonly noBatchNormRateFactor?: number;
  /** How images are resized to the input, if the augmentation does not crop them. */
  readonly fit: Resize["mode"];
  /** How pixels become the network's input. */
  readonly normalization: Normalization["kind"];
  /** For an input of `size` pixels. */
  readonly augmentation: (size: number) => Augmentation;
  /** For a net with trained weights: what trains when. By default all of it, always. */
  readonly unfreezing?: readonly UnfreezingStage[];
  /** Trains only the last layer, as a linear classifier of the features of the others (linear probe). */
  readonly linearProbe?: true;
  /** The recipe's options of the network, which the user's replace. */
  readonly network: Partial<VGGOptions>;
}

/** What a user may change about a recipe. */
export type RecipeChanges = Partial<
  Omit<Recipe, "about" | "size" | "network" | "weightDecay"> & {
    /**
     * For a plateau: the epochs without a better validation accuracy after which the rate falls. By
     * default the recipe's share of all epochs, and two at least.
     */
    readonly patience: number;
  }
>;

const count = wholeNumber(1);
const rate = numberAbove(0);

const schedule: z.ZodType<Schedule> = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("constant"), rate }),
  z.object({ kind: z.literal("plateau"), rate, divisor: rate, patience: count, times: count }),
  z.object({
    kind: z.literal("one-cycle"),
    peak: rate,
    start: share(),
    rise: share(),
    end: share(),
  }),
  z.object({ kind: z.literal("cosine"), rate }),
], "constant, plateau, one-cycle or cosine");

const weightDecay = z.object({
  kind: oneOf(["l2", "decoupled"]),
  value: numberFrom(0),
  vectors: yesOrNo().optional(),
}) as z.ZodType<WeightDecay>;

const rateFactors: z.ZodType<RateFactors> = z.strictObject({
  offsets: rate.optional(),
  classifier: rate.optional(),
});

const lookahead: z.ZodType<LookaheadSettings> = z.strictObject({ every: count, keep: share() });

const until = z.number().gt(0, "above 0").max(1, "1 at most");
const unfreezing = z.array(z.object({ until, blocks: wholeNumber(0), rate })).readonly();

const augmentation = z.custom<Recipe["augmentation"]>(
  (value) => typeof value === "function",
  "a function of the input's size",
);

/** Every setting of a recipe. A run's record holds them under the same names. */
export const recipeSettings: SettingsOf<Omit<Recipe, "about" | "network">> = {
  epochs: setting(count, "--epochs <n>", "number of epochs", { probe: true }),
  batchSize: setting(count, "--batch <n>", "images per step", { probe: true }),
  passesPerEpoch: { value: count, probe: true },
  optimizer: setting(
    oneOf(["sgd", "adam"]),
    "--optimizer <name>",
    "sgd or adam, with a rate of 0.001",
  ),
  momentum: setting(share()),
  nesterov: setting(yesOrNo()),
  schedule: setting(schedule),
  rateFactors: setting(rateFactors),
  lookahead: setting(lookahead),
  weightDecay: { value: weightDecay, probe: true },
  labelSmoothing: setting(
    share(),
    "--label-smoothing <share>",
    "share of each target to spread over all classes",
    { probe: true },
  ),
  clipNorm: setting(
    numberFrom(0),
    "--clip-norm <norm>",
    "maximum norm of the gradients; 0 for none",
  ),
  flipAtTest: { value: yesOrNo(), probe: true },
  shiftAtTest: { value: wholeNumber(0), probe: true },
  earlyStopping: setting(
    wholeNumber(0),
    "--early-stopping <epochs>",
    "stop after so many epochs without a better validation accuracy; 0 for never",
  ),
  size: setting(wholeNumber(32)),
  noBatchNormRateFactor: setting(rate),
  fit: { value: oneOf(["stretch", "crop", "shortest-side"]), probe: true },
  normalization: { value: oneOf(["rescale", "standardize", "subtract-mean"]), probe: true },
  augmentation: setting(augmentation),
  unfreezing: setting(unfreezing),
  linearProbe: setting(z.literal(true)),
};
