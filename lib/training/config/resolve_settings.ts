import type { Dataset } from "../../data/dataset.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import { checkFeatures, checkRecipe } from "./validate_recipe.ts";
import { type Recipe, recipes, type Schedule } from "../recipes.ts";
import type { Transfer } from "../init/transfer.ts";
import { allRecipes, type AnyRecipeName, transferRecipes } from "../transfer_recipes.ts";

/** What a user may change about a recipe by name. */
export type RecipeChanges = Partial<
  Omit<Recipe, "about" | "size" | "network" | "weightDecay"> & {
    /**
     * Of a plateau: the epochs without a better validation accuracy after which the rate falls. By
     * default the recipe's share of all epochs, and two at least.
     */
    readonly patience: number;
  }
>;

/** The seed where the user gives none: the article's. */
export const defaultSeed = 42;

/** What a user asks for; everything has a default. */
export interface Settings {
  /** Default `fast`, or `finetune` for a net of trained weights that has new layers. */
  readonly recipe?: AnyRecipeName;
  readonly changes?: RecipeChanges;
  /** The highest learning rate of the recipe's schedule. */
  readonly learningRate?: number;
  /**
   * The shortest side of training images in pixels, the paper's S, where the recipe crops at random:
   * fixed, or drawn for each image between two. Default: 256 of 224 times the input's size.
   */
  readonly scale?: Scale;
  readonly network?: VGGOptions;
}

/** A shortest side, or the lowest and the highest one. */
export type Scale = number | readonly [lowest: number, highest: number];

/** What a run does, with every default filled in. */
export interface ResolvedSettings {
  readonly name: AnyRecipeName;
  readonly recipe: Recipe;
  readonly network: VGGOptions & { configuration: string; inputSize: number; classes: number };
  /** What comes with the weights that the net starts with, where there are any. */
  readonly transfer?: Transfer | undefined;
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
 * Puts together what the user, the trained weights or the data set, and the recipe ask for, in this
 * order.
 *
 * @throws {RangeError} For a value that is not allowed.
 */
export function resolveSettings(
  settings: Settings,
  dataset: Pick<Dataset, "name" | "classes" | "imageSize">,
  transfer?: Transfer,
): ResolvedSettings {
  const name = settings.recipe ?? (transfer?.newLayers.length ? "finetune" : "fast");
  const base = recipeOf(name, transfer);
  const start = dataset.name === "drawn10" && name === "fast" ? starter : undefined;
  const { weightDecay, ...asked } = settings.network ?? {};
  const network = {
    configuration: "D" as const,
    inputSize: dataset.imageSize ?? base.size,
    ...base.network,
    ...(transfer ? transfer.network : start?.network),
    // Kernels that start as the identity need batch normalization.
    ...(asked.batchNorm === false && base.network.batchNorm ? { initializer: "he" as const } : {}),
    ...asked,
    classes: dataset.classes.length,
  };
  const { patience, ...changes } = { ...start?.changes, ...settings.changes };
  const { scale } = settings;
  const recipe: Recipe = {
    ...base,
    ...(weightDecay === undefined
      ? {}
      : { weightDecay: { ...base.weightDecay, value: weightDecay } }),
    ...changes,
    schedule: scheduleOf(
      { ...base, ...changes },
      {
        patience,
        own: base.epochs,
        rate: settings.learningRate ?? (changes.schedule ? undefined : rateOf(base, network)),
      },
    ),
    ...(scale === undefined ? {} : { augmentation: scaled(base, scale, network.inputSize) }),
  };
  checkRecipe(recipe);
  if (recipe.linearProbe) checkFeatures(settings, transfer);
  return { name, recipe, network, transfer };
}

/** A recipe with the preprocessing that comes with the weights. */
function recipeOf(name: AnyRecipeName, transfer: Transfer | undefined): Recipe {
  if (!Object.hasOwn(allRecipes, name)) {
    throw new RangeError(
      `recipe must be ${Object.keys(allRecipes).join(", ")}. Received: ${name}`,
    );
  }
  const recipe = allRecipes[name];
  if (transfer) {
    return { ...recipe, fit: transfer.fit.mode, normalisation: transfer.normalisation.kind };
  }
  if (!Object.hasOwn(transferRecipes, name)) return recipe;
  throw new RangeError(
    `recipe ${name} needs weights to start from: a run's folder or a weights file. Received: none`,
  );
}

function scheduleOf(
  { schedule, epochs }: Pick<Recipe, "schedule" | "epochs">,
  { rate, patience, own }: {
    readonly rate: number | undefined;
    readonly patience: number | undefined;
    /** The epochs that the recipe has by itself. */
    readonly own: number;
  },
): Schedule {
  const rated = rate === undefined ? schedule : withRate(schedule, rate);
  if (rated.kind === "plateau") {
    const share = Math.max(2, Math.round(rated.patience * epochs / own));
    return { ...rated, patience: patience ?? share };
  }
  if (patience === undefined) return rated;
  throw new RangeError(
    `patience needs a recipe whose rate falls on a plateau: ${those(hasPlateau)}. ` +
      `Received: ${patience}, for a ${schedule.kind} rate`,
  );
}

/** The recipe's augmentation, at another scale. */
function scaled(recipe: Recipe, scale: Scale, size: number): Recipe["augmentation"] {
  const shortestSide = typeof scale === "number" ? [scale, scale] as const : scale;
  const [lowest, highest] = shortestSide;
  const own = recipe.augmentation(size);
  if (own.kind !== "paper") {
    throw new RangeError(
      `scale needs a recipe that crops at random: ${those(cropsAtRandom)}. ` +
        `Received: ${scale}, for the augmentation ${own.kind}`,
    );
  }
  const inOrder = size <= lowest && lowest <= highest;
  if (!inOrder || !Number.isSafeInteger(lowest) || !Number.isSafeInteger(highest)) {
    throw new RangeError(
      `scale must be whole pixels from the input's ${size}, of two the lower first. ` +
        `Received: ${scale}`,
    );
  }
  return (crop) => ({ ...own, crop, shortestSide });
}

/** The names of the recipes of a kind. */
function those(kind: (recipe: Recipe) => boolean): string {
  return Object.entries(recipes).flatMap(([name, recipe]) => kind(recipe) ? [name] : []).join(", ");
}

function hasPlateau({ schedule }: Recipe): boolean {
  return schedule.kind === "plateau";
}

function cropsAtRandom({ augmentation, size }: Recipe): boolean {
  return augmentation(size).kind === "paper";
}

/** The recipe's highest rate; nets with batch normalization may bear a higher one. */
function rateOf(
  { schedule, noBatchNormRateFactor: plainRate = 1 }: Recipe,
  { batchNorm = false }: VGGOptions,
): number {
  const rate = schedule.kind === "one-cycle" ? schedule.peak : schedule.rate;
  return rate * (batchNorm ? 1 : plainRate);
}

function withRate(schedule: Schedule, rate: number): Schedule {
  if (!(rate > 0 && Number.isFinite(rate))) {
    throw new RangeError(`learning rate must be a number above 0. Received: ${rate}`);
  }
  return schedule.kind === "one-cycle" ? { ...schedule, peak: rate } : { ...schedule, rate };
}
