import type { Dataset } from "../../data/dataset.ts";
import { OptionError } from "../../errors.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import type { Transfer } from "../init/transfer.ts";
import { allRecipes, type AnyRecipeName, recipes, transferRecipes } from "../recipes.ts";
import { fewStepsWarning, moreSteps } from "./few_images.ts";
import { givenSettings } from "./given_settings.ts";
import type { Recipe, RecipeChanges, Schedule } from "./recipe.ts";
import type { Scale, TrainSettings } from "./settings.ts";

/** What a run does, with every default filled in. */
export interface ResolvedSettings {
  readonly name: AnyRecipeName;
  readonly recipe: Recipe;
  readonly network: VGGOptions & { configuration: string; inputSize: number; classes: number };
  /** What comes with the initial weights, if there are any. */
  readonly transfer?: Transfer | undefined;
  /** A line about few images: how the recipe was adapted to them, or a warning. */
  readonly note?: string | undefined;
}

/** The settings that decide a recipe and a network. */
type NetSettings = Pick<
  TrainSettings,
  "recipe" | "changes" | "learningRate" | "scale" | "network" | "initFromShallow"
>;

/**
 * Defaults of the default data set: a whole small reproduction of the article within three minutes on
 * two cores.
 */
const starter = {
  network: { configuration: "D", width: 0.25 },
  changes: { epochs: 4 },
} as const;

/** The learning rate of Adam where none is given: Keras's. */
const adamRate = 0.001;

/**
 * Puts together what the user, then the initial weights or the data set, then the recipe say.
 *
 * @param settings Each must be allowed by itself, see `checkSettings`.
 * @throws {OptionError} For settings that do not go together.
 */
export function resolveSettings(
  settings: NetSettings,
  dataset: Pick<Dataset, "name" | "classes" | "imageSize"> & {
    readonly train: Pick<Dataset["train"], "length">;
  },
  transfer?: Transfer,
): ResolvedSettings {
  const usualName = !transfer && suitsCifar(settings, dataset) ? "cifar" : "fast";
  const name = settings.recipe ?? (transfer?.newLayers.length ? "finetune" : usualName);
  const base = baseRecipe(name, transfer);
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
  const usual = { ...base, ...start?.changes };
  const more = name === "fast" && leavesStepsOpen(settings)
    ? moreSteps(usual, dataset.train.length)
    : undefined;
  const { patience, ...changes }: RecipeChanges = {
    ...start?.changes,
    ...more?.changes,
    ...settings.changes,
  };
  const rate = settings.learningRate ??
    (changes.schedule
      ? undefined
      : rateOf({ ...base, ...changes }, network) * (more?.rateFactor ?? 1));
  const recipe: Recipe = {
    ...base,
    ...(weightDecay === undefined
      ? {}
      : { weightDecay: { ...base.weightDecay, value: weightDecay } }),
    ...changes,
    schedule: scheduleOf({ ...base, ...changes }, { patience, rate, epochs: base.epochs }),
    ...(settings.scale === undefined
      ? {}
      : { augmentation: scaled(base, settings.scale, network.inputSize) }),
  };
  if (recipe.linearProbe) requireProbe(settings, transfer);
  // A few steps may be enough for the new layers of a trained net.
  const warning = transfer
    ? undefined
    : fewStepsWarning(recipe, dataset.train.length, name === "fast");
  return { name, recipe, network, transfer, note: more?.note ?? warning };
}

/** The recipe `cifar` was not tuned for fewer images, of which its large batches make few steps. */
const manyImages = 20_000;

/** Whether the recipe `cifar` is the default: for CIFAR-10 as a whole, with the recipe's network and steps. */
function suitsCifar(
  { network = {}, changes = {}, learningRate, scale, initFromShallow }: NetSettings,
  { name, imageSize, train }: Parameters<typeof resolveSettings>[1],
): boolean {
  const { configuration = "S", inputSize = imageSize, weightDecay: _, seed: __, ...others } =
    network;
  const { epochs: ___, earlyStopping: ____, ...otherChanges } = changes;
  const asked: unknown[] = [
    ...[learningRate, scale, initFromShallow],
    ...Object.values(others),
    ...Object.values(otherChanges),
  ];
  const isUnchanged = asked.every((value) => value === undefined);
  return name === "cifar10" && inputSize === 32 && imageSize === 32 &&
    train.length >= manyImages && configuration === "S" && isUnchanged;
}

/** Whether the user leaves the number of steps to the recipe. */
function leavesStepsOpen({ changes = {} }: NetSettings): boolean {
  const { epochs, batchSize, passesPerEpoch } = changes;
  return (epochs ?? batchSize ?? passesPerEpoch) === undefined;
}

/** A recipe with the preprocessing of the initial weights. */
function baseRecipe(name: AnyRecipeName, transfer: Transfer | undefined): Recipe {
  const recipe = allRecipes[name];
  if (transfer) {
    return { ...recipe, fit: transfer.fit.mode, normalization: transfer.normalization.kind };
  }
  if (!Object.hasOwn(transferRecipes, name)) return recipe;
  throw new OptionError(
    `recipe ${name} needs weights to start from: a run's folder or a weights file. Received: none`,
  );
}

function scheduleOf(
  { schedule, epochs }: Pick<Recipe, "schedule" | "epochs">,
  { rate, patience, epochs: recipeEpochs }: {
    readonly rate: number | undefined;
    readonly patience: number | undefined;
    /** The recipe's own. */
    readonly epochs: number;
  },
): Schedule {
  const rated = rate === undefined ? schedule : withRate(schedule, rate);
  if (rated.kind === "plateau") {
    const share = Math.max(2, Math.round(rated.patience * epochs / recipeEpochs));
    return { ...rated, patience: patience ?? share };
  }
  if (patience === undefined) return rated;
  throw new OptionError(
    `patience needs a recipe whose rate falls on a plateau: ${namesOf(hasPlateau)}. ` +
      `Received: ${patience}, for a ${schedule.kind} rate`,
  );
}

/** The recipe's augmentation at another scale. */
function scaled(recipe: Recipe, scale: Scale, size: number): Recipe["augmentation"] {
  const shortestSide = typeof scale === "number" ? [scale, scale] as const : scale;
  const [lowest, highest] = shortestSide;
  const own = recipe.augmentation(size);
  if (own.kind !== "paper") {
    throw new OptionError(
      `scale needs a recipe that crops at random: ${namesOf(cropsAtRandom)}. ` +
        `Received: ${scale}, for the augmentation ${own.kind}`,
    );
  }
  if (!(size <= lowest && lowest <= highest)) {
    throw new OptionError(
      `scale must be from the input's ${size} pixels, of two the lower first. Received: ${scale}`,
    );
  }
  return (crop) => ({ ...own, crop, shortestSide });
}

/**
 * A linear probe makes no training steps, so nothing about them can be asked for; and a layer that was
 * never trained gives no features.
 */
function requireProbe(
  { changes = {}, learningRate }: NetSettings,
  transfer: Transfer | undefined,
): void {
  const asked = { changes, ...(learningRate === undefined ? {} : { learningRate }) };
  const ofSteps = givenSettings(asked).find(({ setting }) => !setting.probe);
  if (ofSteps) {
    const { name, given } = ofSteps;
    throw new OptionError(`recipe features has no ${name}: it takes no steps. Received: ${given}`);
  }
  const [first] = transfer?.newLayers ?? [];
  if (first === "predictions") return;
  throw new OptionError(
    `recipe features needs fully connected layers that fit, or the head small. ` +
      `Received: weights of which ${first} does not fit`,
  );
}

/** The names of the recipes of a kind. */
function namesOf(isOfKind: (recipe: Recipe) => boolean): string {
  return Object.entries(recipes).filter(([, recipe]) => isOfKind(recipe)).map(([name]) => name)
    .join(", ");
}

function hasPlateau({ schedule }: Recipe): boolean {
  return schedule.kind === "plateau";
}

function cropsAtRandom({ augmentation, size }: Recipe): boolean {
  return augmentation(size).kind === "paper";
}

/**
 * The recipe's highest rate, or Adam's: its steps hardly depend on the size of the gradients. Nets with
 * batch normalization may take a higher one.
 */
function rateOf(
  { optimizer, schedule, noBatchNormRateFactor = 1 }: Recipe,
  { batchNorm = false }: VGGOptions,
): number {
  if (optimizer === "adam") return adamRate;
  const rate = schedule.kind === "one-cycle" ? schedule.peak : schedule.rate;
  return rate * (batchNorm ? 1 : noBatchNormRateFactor);
}

function withRate(schedule: Schedule, rate: number): Schedule {
  return schedule.kind === "one-cycle" ? { ...schedule, peak: rate } : { ...schedule, rate };
}
