import { fileURLToPath } from "node:url";
import type { Precision } from "../../lib/engine/compile.ts";
import type { TrainSettings } from "../../lib/training/config/settings.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

/** The recipes whose pieces are measured. */
export type AblatedRecipe = "fast" | "cifar";

/** A training by a recipe, by default `fast`. */
export interface AccuracyCase {
  readonly recipe?: AblatedRecipe;
  readonly data: string;
  readonly network: VGGOptions;
  readonly epochs: number;
  readonly seed: number;
  /** Of the training images, held out to validate. Default: the test images validate. */
  readonly validationFraction?: number;
  /** A change to the recipe, by its name in {@linkcode recipeChanges}. */
  readonly change?: string;
  /** Default `float32`. */
  readonly precision?: "auto" | Precision;
}

/** What came out of a training, and what it took. */
export interface AccuracyOutcome {
  readonly version: string;
  readonly precision?: Precision;
  /** Of the processor's cores together, validation included. */
  readonly core_seconds: number;
  readonly seconds: number;
  /** On the images that validate, with the last weights, as a fraction. */
  readonly accuracy: number;
}

/** Trains in a process of its own, whose processor time is then all the training's. */
export function trainOurs(accuracyCase: AccuracyCase): Promise<AccuracyOutcome> {
  const script = fileURLToPath(new URL("accuracy_ours.ts", import.meta.url));
  return outcomeOf(Deno.execPath(), ["run", "-A", script, JSON.stringify(accuracyCase)]);
}

/** Runs a worker, and reads the last line that it prints. */
export async function outcomeOf(
  program: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<AccuracyOutcome> {
  const command = new Deno.Command(program, { args, env, stdout: "piped", stderr: "piped" });
  const { success, stdout, stderr } = await command.output();
  const last = (bytes: Uint8Array): string =>
    new TextDecoder().decode(bytes).trim().split("\n").at(-1) ?? "";
  if (!success) throw new Error(`${program} failed: ${last(stderr)}`);
  return JSON.parse(last(stdout));
}

/** What training is asked for beside the recipe. */
export type RecipeChange = Pick<TrainSettings, "network" | "changes" | "learningRate">;

/** The recipes with one piece less each: in its place stands what a plain recipe has. */
const withoutPieceOfFast: Readonly<Record<string, RecipeChange>> = {
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

const withoutPieceOfCifar: Readonly<Record<string, RecipeChange>> = {
  "whitening": { network: { whitening: false } },
  "kernels that start as the identity": { network: { initializer: "he" } },
  "GELU": { network: { nonlinearity: "relu" } },
  "a higher rate of the offsets": { changes: { rateFactors: { classifier: 1 / 81 } } },
  "a lower rate of the last layer": { changes: { rateFactors: { offsets: 64 } } },
  "lookahead": { changes: { lookahead: { every: 1_000_000, keep: 0 } } },
  "flips that alternate": {
    changes: {
      augmentation: () => ({ kind: "translate", pixels: 2, fill: "reflect", flip: true }),
    },
  },
  "label smoothing": { changes: { labelSmoothing: 0 } },
  "shifts at test time": { changes: { shiftAtTest: 0 } },
};

/** What was tried, and is not part of the recipe. */
const tried: Readonly<Record<AblatedRecipe, Readonly<Record<string, RecipeChange>>>> = {
  fast: { "with twice the rate": { learningRate: 0.1 } },
  cifar: { "with half the rate": { learningRate: 0.75 } },
};

/** What changes about a recipe, by its name. */
export function recipeChanges(recipe: AblatedRecipe): Readonly<Record<string, RecipeChange>> {
  const pieces = recipe === "fast" ? withoutPieceOfFast : withoutPieceOfCifar;
  return {
    ...Object.fromEntries(
      Object.entries(pieces).map(([piece, change]) => [`without ${piece}`, change]),
    ),
    ...tried[recipe],
  };
}
