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

/** How a recipe is adapted to few images. */
export interface MoreSteps {
  readonly changes: Pick<Recipe, "batchSize" | "passesPerEpoch">;
  /** On the learning rate: the gradient of a smaller batch has more noise. */
  readonly rateFactor: number;
  /** Tells of it in one line. */
  readonly note: string;
}

/**
 * Smaller batches, and more passes over the images in an epoch, where a training would have few steps:
 * 48 images are 8 steps in 8 epochs of batch 64. The learning rate falls with the root of the batch size.
 * Returns nothing where there are enough steps.
 */
export function moreSteps(recipe: Steps, images: number): MoreSteps | undefined {
  const before = stepsInAll(recipe, images);
  if (images === 0 || before >= fewSteps) return undefined;
  const batchSize = Math.min(recipe.batchSize, enough.batchSize);
  const onePass = stepsInAll({ ...recipe, batchSize, passesPerEpoch: 1 }, images);
  const passesPerEpoch = Math.ceil(enough.steps / onePass);
  return {
    changes: { batchSize, passesPerEpoch },
    rateFactor: Math.sqrt(batchSize / recipe.batchSize),
    note: `steps      ${onePass * passesPerEpoch} for ${plural(images, "image")}: batches of ` +
      `${batchSize} and ${plural(passesPerEpoch, "pass", "passes")} an epoch, because batches of ` +
      `${recipe.batchSize} would make ${before} (--batch or --epochs turns this off)`,
  };
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
  const remedy = `--batch ${batchSize} with --epochs ${Math.ceil(enough.steps / anEpoch)}`;
  const leave = ", or leave both out: the recipe then takes smaller batches and more passes";
  return `warning    ${plural(steps, "step")} in all ${
    steps === 1 ? "is" : "are"
  } few: most nets need ` +
    `some hundred. Try ${remedy}${adapts ? leave : ""}`;
}
