import { fileURLToPath } from "node:url";
import type { Precision } from "../../lib/engine/compile.ts";
import type { TrainSettings } from "../../lib/training/config/settings.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

/** A training by the recipe `fast`. */
export interface AccuracyCase {
  readonly data: string;
  readonly network: VGGOptions;
  readonly epochs: number;
  readonly seed: number;
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
  /** On the validation images with the last weights, as a fraction. */
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
