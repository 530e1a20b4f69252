import type { Augmentation } from "../../data/augment/mod.ts";
import { checkRecipe } from "./validate_recipe.ts";
import { RunError } from "../../runs/json_files.ts";
import { recordedNetwork } from "../../runs/load_model.ts";
import type { Recipe } from "../recipes.ts";
import type { TrainingPlan } from "../../distributed/share_plan.ts";
import type { ResolvedSettings } from "./resolve_settings.ts";
import type { Transfer } from "../init/transfer.ts";
import { allRecipes, type AnyRecipeName } from "../transfer_recipes.ts";

/**
 * The settings that a run's record holds: what `describeSettings` wrote, read again.
 *
 * @throws {RangeError} or {RunError} For values that are not allowed: somebody changed the record.
 */
export function recordedSettings(record: TrainingPlan): ResolvedSettings {
  const { name, augmentation, ...numbers } = record.recipe;
  if (!Object.hasOwn(allRecipes, name)) {
    throw new RunError(`the run's recipe must be one of this version's. Received: ${name}`);
  }
  const base = allRecipes[name as AnyRecipeName];
  // The boundary to a file: what decides what may be in it is checked below.
  const recipe = {
    ...base,
    ...numbers as Partial<Recipe>,
    ...(augmentation ? { augmentation: () => augmentation as Augmentation } : {}),
  };
  checkRecipe(recipe);
  const transfer = recordedTransfer(record);
  // A record's model has a configuration; its options are checked where the network is built.
  const network = recordedNetwork(record) as ResolvedSettings["network"];
  return { name: name as AnyRecipeName, recipe, network, transfer };
}

/** What the weights that a run began with brought along, as far as its record says it: its own network. */
export function recordedTransfer(
  { start, model, data: { fit, normalisation } }: TrainingPlan,
): Transfer | undefined {
  if (start?.kind !== "weights" || !normalisation) return undefined;
  const { initializer: _, classifierInitializer: __, seed: ___, activation: ____, ...own } = model;
  return {
    network: own as Transfer["network"],
    newLayers: start.newLayers ?? [],
    fit,
    normalisation,
  };
}
