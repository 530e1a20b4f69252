import type { Recipe } from "./recipes.ts";

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
  for (const { until, scale } of recipe.growth) {
    if (until > 0 && until <= 1 && scale > 0 && scale <= 1) continue;
    throw new RangeError(
      `growth must have shares above 0 and up to 1. Received: until ${until}, scale ${scale}`,
    );
  }
  if (!(recipe.labelSmoothing >= 0 && recipe.labelSmoothing < 1)) {
    throw new RangeError(
      `label smoothing must be at least 0 and less than 1. Received: ${recipe.labelSmoothing}`,
    );
  }
}
