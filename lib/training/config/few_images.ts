import { countBatches } from "../../data/pipeline/batches.ts";
import { plural } from "../../display/format.ts";
import type { Recipe } from "./recipe.ts";

/** The part of a recipe that decides the number of steps. */
type Steps = Pick<Recipe, "epochs" | "batchSize" | "passesPerEpoch">;

/** With fewer steps in all a net with random weights learns next to nothing. */
const fewSteps = 100;
/** The steps of a training on few images, and its batch size. */
const enough = { steps: 300, batchSize: 16 } as const;

/** The number of steps of a training. */
export function stepsInAll({ epochs, batchSize, passesPerEpoch }: Steps, images: number): number {
  return epochs * passesPerEpoch * countBatches(images, { batchSize });
}

/**
 * Smaller batches, and more passes over the images in an epoch, where a training would have few steps:
 * 48 images are 8 steps in 8 epochs of batch 64. Returns nothing where there are enough.
 */
export function moreSteps(recipe: Steps, images: number): Partial<Steps> {
  if (images === 0 || stepsInAll(recipe, images) >= fewSteps) return {};
  const batchSize = Math.min(recipe.batchSize, enough.batchSize);
  const onePass = stepsInAll({ ...recipe, batchSize, passesPerEpoch: 1 }, images);
  return { batchSize, passesPerEpoch: Math.ceil(enough.steps / onePass) };
}

/** Tells of {@linkcode moreSteps} in one line. */
export function moreStepsText(usual: Steps, recipe: Steps, images: number): string {
  const [steps, before] = [recipe, usual].map((steps) => stepsInAll(steps, images));
  const passes = plural(recipe.passesPerEpoch, "pass", "passes");
  return `steps      ${steps} for ${plural(images, "image")}: batches of ${recipe.batchSize} and ` +
    `${passes} an epoch, because batches of ${usual.batchSize} would make ${before} ` +
    `(--batch or --epochs turns this off)`;
}

/**
 * The warning of a training with few steps, with settings that give it enough; nothing if it has enough.
 *
 * @param adapts Whether the recipe takes such settings by itself.
 */
export function fewStepsWarning(
  recipe: Steps,
  images: number,
  adapts: boolean,
): string | undefined {
  const steps = stepsInAll(recipe, images);
  if (images === 0 || steps >= fewSteps) return undefined;
  const batchSize = Math.min(recipe.batchSize, enough.batchSize);
  const anEpoch = stepsInAll({ ...recipe, batchSize, epochs: 1 }, images);
  const remedy = `--batch ${batchSize} --epochs ${Math.ceil(enough.steps / anEpoch)}`;
  const leave = ", or leave both out: the recipe then takes smaller batches and more passes";
  return `${plural(steps, "step")} in all ${steps === 1 ? "is" : "are"} few: most nets need ` +
    `some hundred. Try ${remedy}${adapts ? leave : ""}`;
}
