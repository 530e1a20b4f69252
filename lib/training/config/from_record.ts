import { z } from "zod";
import type { Augmentation } from "../../data/augment/mod.ts";
import type { LoadOptions } from "../../data/open_dataset.ts";
import { OptionError } from "../../errors.ts";
import { RunError } from "../../runs/json_files.ts";
import { recordedNetwork } from "../../runs/load_model.ts";
import type { RecordedLoad, RunRecord, TrainingPlan } from "../../runs/run_record.ts";
import type { Transfer } from "../init/transfer.ts";
import { allRecipes, type AnyRecipeName } from "../recipes.ts";
import { augmentationSchema } from "./augmentation_schema.ts";
import { type Recipe, recipeSettings } from "./recipe.ts";
import type { ResolvedSettings } from "./resolve_settings.ts";
import { requireAllowed, type Setting } from "./setting.ts";

/**
 * The settings in a run's record.
 *
 * @throws {RunError} For values that are not allowed: the record was changed.
 */
export function recordedSettings(record: TrainingPlan): ResolvedSettings {
  const { name } = record.recipe;
  if (!isRecipe(name)) {
    throw new RunError(
      `the run's recipe must be one of ${Object.keys(allRecipes).join(", ")}. Received: ${name}`,
    );
  }
  // A record's model has a configuration; its options are checked where the network is built.
  const network = recordedNetwork(record) as ResolvedSettings["network"];
  const recipe = { ...allRecipes[name], ...recordedRecipe(record.recipe) };
  return { name, recipe, network, transfer: recordedTransfer(record) };
}

function isRecipe(name: string): name is AnyRecipeName {
  return Object.hasOwn(allRecipes, name);
}

function recordedRecipe(
  { name: _, augmentation, ...settings }: RunRecord["recipe"],
): Partial<Recipe> {
  const known: Readonly<Record<string, Setting>> = recipeSettings;
  try {
    for (const [name, value] of Object.entries(settings)) {
      requireAllowed(`recipe.${name}`, known[name]?.value ?? z.never("left out"), value);
    }
    if (augmentation === undefined) return settings;
    requireAllowed("recipe.augmentation", augmentationSchema, augmentation);
  } catch (error) {
    if (!(error instanceof OptionError)) throw error;
    throw new RunError(`the run's record is damaged: ${error.message}`);
  }
  return { ...settings, augmentation: () => augmentation as Augmentation };
}

/** What came with a run's initial weights, as far as its record says it: its own network. */
export function recordedTransfer(
  { start, model, data: { fit, normalization } }: TrainingPlan,
): Transfer | undefined {
  if (start?.kind !== "weights" || !normalization) return undefined;
  const { initializer: _, classifierInitializer: __, seed: ___, activation: ____, ...own } = model;
  return {
    network: own as Transfer["network"],
    newLayers: start.newLayers ?? [],
    fit,
    normalization,
  };
}

/** How to load a run's images again, except for their number in each class. */
export function recordedLoad(
  { classes, load = {} }: Pick<RunRecord["data"], "classes" | "load">,
): LoadOptions {
  return { classes: classes.map(({ id }) => id), ...loadOptions(load) };
}

/** The options that a record holds. */
export function loadOptions(load: RecordedLoad): LoadOptions {
  return Object.fromEntries(Object.entries(load).filter(([, value]) => value !== undefined));
}
