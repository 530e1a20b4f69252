import type { Dataset } from "../data/dataset.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { type Recipe, type RecipeName, recipes } from "./recipes.ts";

/** What a user may change about a recipe by name. */
export type RecipeChanges = Partial<
  Pick<Recipe, "epochs" | "batchSize" | "clipNorm" | "labelSmoothing" | "earlyStopping">
>;

/** The seed where the user gives none: the article's. */
export const defaultSeed = 42;

/** What a user asks for; everything has a default. */
export interface Settings {
  /** Default `fast`. */
  readonly recipe?: RecipeName;
  readonly changes?: RecipeChanges;
  /** The highest learning rate of the recipe's schedule. */
  readonly learningRate?: number;
  readonly network?: VGGOptions;
}

/** What a run does, with every default filled in. */
export interface ResolvedSettings {
  readonly name: RecipeName;
  readonly recipe: Recipe;
  readonly network: VGGOptions & { configuration: string; inputSize: number; classes: number };
}

/**
 * What the default data set asks for where the user does not: a whole small reproduction of the
 * article within three minutes on two cores.
 */
const starter: Starter = { network: { configuration: "D", width: 0.25 }, changes: { epochs: 4 } };

interface Starter {
  readonly network: VGGOptions;
  readonly changes: RecipeChanges;
}

/**
 * Puts together what the user, the data set and the recipe ask for, in this order.
 *
 * @throws {RangeError} For a value that is not allowed.
 */
export function resolveSettings(settings: Settings, dataset: Dataset): ResolvedSettings {
  const name = settings.recipe ?? "fast";
  if (!Object.hasOwn(recipes, name)) {
    throw new RangeError(`recipe must be ${Object.keys(recipes).join(", ")}. Received: ${name}`);
  }
  const base: Recipe = recipes[name];
  const start = dataset.name === "drawn10" && name === "fast" ? starter : undefined;
  const { weightDecay, ...asked } = settings.network ?? {};
  const recipe: Recipe = {
    ...base,
    ...(weightDecay === undefined
      ? {}
      : { weightDecay: { ...base.weightDecay, value: weightDecay } }),
    ...start?.changes,
    ...settings.changes,
    schedule: settings.learningRate === undefined
      ? base.schedule
      : withRate(base.schedule, settings.learningRate),
  };
  checkRecipe(recipe);
  const network = {
    configuration: "D" as const,
    inputSize: dataset.pictureSize ?? recipe.size,
    ...recipe.network,
    ...start?.network,
    ...asked,
    classes: dataset.classes.length,
  };
  return { name, recipe, network };
}

function withRate(schedule: Recipe["schedule"], rate: number): Recipe["schedule"] {
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new RangeError(`learning rate must be a number above 0. Received: ${rate}`);
  }
  return schedule.kind === "one-cycle" ? { ...schedule, peak: rate } : { ...schedule, rate };
}

function checkRecipe(recipe: Recipe): void {
  const whole = (name: string, value: number, least: number): void => {
    if (Number.isSafeInteger(value) && value >= least) return;
    throw new RangeError(`${name} must be a whole number from ${least}. Received: ${value}`);
  };
  whole("epochs", recipe.epochs, 1);
  whole("batch", recipe.batchSize, 1);
  whole("early stopping", recipe.earlyStopping, 0);
  if (!(recipe.weightDecay.value >= 0 && Number.isFinite(recipe.weightDecay.value))) {
    throw new RangeError(
      `weight decay must be a number from 0. Received: ${recipe.weightDecay.value}`,
    );
  }
  if (!(recipe.clipNorm >= 0 && Number.isFinite(recipe.clipNorm))) {
    throw new RangeError(`clip norm must be a number from 0. Received: ${recipe.clipNorm}`);
  }
  if (!(recipe.labelSmoothing >= 0 && recipe.labelSmoothing < 1)) {
    throw new RangeError(
      `label smoothing must be at least 0 and less than 1. Received: ${recipe.labelSmoothing}`,
    );
  }
}
