import type { Recipe } from "../recipes.ts";
import type { Settings } from "./resolve_settings.ts";
import type { Transfer } from "../init/transfer.ts";

/**
 * Checks the values of a recipe.
 *
 * @throws {RangeError} For one that is not allowed.
 */
export function checkRecipe(recipe: Recipe): void {
  const whole = (name: string, value: number, least: number): void => {
    if (Number.isSafeInteger(value) && value >= least) return;
    throw new RangeError(`${name} must be a whole number from ${least}. Received: ${value}`);
  };
  whole("epochs", recipe.epochs, 1);
  whole("batch", recipe.batchSize, 1);
  whole("early stopping", recipe.earlyStopping, 0);
  if (recipe.schedule.kind === "plateau") whole("patience", recipe.schedule.patience, 1);
  if (!(recipe.weightDecay.value >= 0 && Number.isFinite(recipe.weightDecay.value))) {
    throw new RangeError(
      `weight decay must be a number from 0. Received: ${recipe.weightDecay.value}`,
    );
  }
  if (!(recipe.clipNorm >= 0 && Number.isFinite(recipe.clipNorm))) {
    throw new RangeError(`clip norm must be a number from 0. Received: ${recipe.clipNorm}`);
  }
  for (const { until, blocks, rate } of recipe.unfreezing ?? []) {
    const counted = Number.isSafeInteger(blocks) && blocks >= 0;
    if (until > 0 && until <= 1 && counted && rate > 0) continue;
    throw new RangeError(
      `unfreezing must have shares above 0 and up to 1, whole blocks, and rates above 0. ` +
        `Received: until ${until}, blocks ${blocks}, rate ${rate}`,
    );
  }
  if (!(recipe.labelSmoothing >= 0 && recipe.labelSmoothing < 1)) {
    throw new RangeError(
      `label smoothing must be at least 0 and less than 1. Received: ${recipe.labelSmoothing}`,
    );
  }
}

/**
 * Checks what is asked of a classifier of features. Without steps nothing about them can be asked for,
 * and what was never trained has no features.
 *
 * @throws {RangeError} For what cannot be.
 */
export function checkFeatures(
  { learningRate, changes = {} }: Settings,
  transfer: Transfer | undefined,
): void {
  const { clipNorm, earlyStopping } = changes;
  const ofSteps = {
    "learning rate": learningRate,
    "clip norm": clipNorm,
    "early stopping": earlyStopping,
  };
  for (const [name, value] of Object.entries(ofSteps)) {
    if (value === undefined) continue;
    throw new RangeError(`recipe features has no ${name}: it takes no steps. Received: ${value}`);
  }
  const [first] = transfer?.newLayers ?? [];
  if (first === "predictions") return;
  throw new RangeError(
    `recipe features needs fully connected layers that fit, or the head small. ` +
      `Received: weights of which ${first} does not fit`,
  );
}
