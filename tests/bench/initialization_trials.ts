import { makeAugment, measureColors, resolveNormalization } from "../../lib/data/augment/mod.ts";
import { batches } from "../../lib/data/pipeline/batches.ts";
import type { tf } from "../../lib/engine/tf.ts";
import { TrainingError } from "../../lib/training/errors.ts";
import { type Recipe, recipes } from "../../lib/training/recipes.ts";
import type { ShortRuns } from "../../lib/training/trials.ts";
import { type ActivationRms, activationRms } from "../../lib/vgg/analysis/activation_rms.ts";
import { buildVGG } from "../../lib/vgg/build.ts";
import type { VGGOptions } from "../../lib/vgg/options.ts";

/** How trials are made. */
export interface TrialSettings {
  readonly width: number;
  readonly steps: number;
  readonly batch: number;
}

/** How the weights of a trial start; `shallow` takes those of a trained A, and He's beside them. */
export type StartName = "paper" | "glorot" | "he" | "shallow";

/** How the loss went, or at which step it was not finite any more. */
export type Outcome = { readonly first: number; readonly last: number } | {
  readonly blownUpAt: number;
};

/** One network from one start, under one recipe. */
export interface Measured {
  readonly recipe: "paper" | "article";
  readonly net: "A" | "D" | "E";
  readonly start: StartName;
  /** The root mean square of the images that come in. */
  readonly input: number;
  readonly signals: readonly ActivationRms[];
  readonly plain: Outcome;
  /** With the gradients' norm limited to 1. */
  readonly clipped: Outcome;
}

/** Losses at the end of a trial that are averaged. */
const averaged = 10;

/** Measures A, D and E under a recipe, from each start. */
export async function* measureRecipe(
  trials: ShortRuns,
  name: "paper" | "article",
  settings: TrialSettings,
): AsyncGenerator<Measured, void, void> {
  const recipe = trialRecipe(name, settings);
  const network: VGGOptions = {
    ...recipe.network,
    ...{ width: settings.width, inputSize: trials.size, classes: trials.classes },
    activation: "linear",
  };
  const images = await firstImages(trials, recipe);
  const shallow = buildVGG({ ...network, configuration: "A", initializer: shallowStart[name] });
  // With the trials' own seed, those would go through its batches and its dropout again.
  const longer = { network: shallow, steps: 3 * settings.steps, seed: 1 };
  await trials.run({ ...longer, recipe: { ...recipe, clipNorm: name === "article" ? 1 : 0 } });
  for (const net of ["A", "D", "E"] as const) {
    for (const start of ["paper", "glorot", "he", "shallow"] as const) {
      if (net === "A" && start === "shallow") continue;
      const initializer = start === "shallow" ? { from: shallow } : start;
      const build = { ...network, configuration: net, initializer };
      const outcomes: Outcome[] = [];
      for (const clipNorm of [0, 1]) {
        outcomes.push(await tryOut(trials, build, { ...recipe, clipNorm }, settings.steps));
      }
      const [plain, clipped] = outcomes as [Outcome, Outcome];
      const signals = signalsOf(build, images);
      yield { recipe: name, net, start, input: strengthOf(images), signals, plain, clipped };
    }
  }
  shallow.dispose();
  images.dispose();
}

/** From what A itself learns under a recipe. */
const shallowStart = { paper: "glorot", article: "he" } as const;

/** The recipe for many short trials on images of one size. */
function trialRecipe(name: "paper" | "article", { batch }: TrialSettings): Recipe {
  const { augmentation, ...recipe } = recipes[name];
  return {
    ...recipe,
    // Trials have no images to crop from; mirroring stays.
    augmentation: name === "paper" ? () => ({ kind: "flip" }) : augmentation,
    batchSize: batch,
    passesPerEpoch: 1,
    epochs: 1000,
  };
}

/** Images as the network gets them under a recipe. */
async function firstImages(trials: ShortRuns, recipe: Recipe): Promise<tf.Tensor4D> {
  const colors = await measureColors(trials.train);
  const prepare = makeAugment(
    { kind: "none" },
    resolveNormalization(recipe.normalization, colors),
  );
  for await (const batch of batches(trials.train, { batchSize: 32, seed: 1, epoch: 0 })) {
    return prepare(batch, 0);
  }
  throw new RangeError("signals need images. Received: none");
}

function strengthOf(images: tf.Tensor4D): number {
  const values = images.dataSync<"float32">();
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
}

function signalsOf(network: VGGOptions, images: tf.Tensor4D): ActivationRms[] {
  const model = buildVGG(network);
  try {
    return activationRms(model, images);
  } finally {
    model.dispose();
  }
}

async function tryOut(
  trials: ShortRuns,
  network: VGGOptions,
  recipe: Recipe,
  steps: number,
): Promise<Outcome> {
  try {
    const { losses } = await trials.run({ network, recipe, steps });
    const recent = losses.slice(-averaged);
    return { first: losses[0]!, last: recent.reduce((sum, loss) => sum + loss, 0) / averaged };
  } catch (error) {
    const step = error instanceof TrainingError && /at step (\d+)/.exec(error.message)?.[1];
    if (!step) throw error;
    return { blownUpAt: Number(step) };
  }
}
