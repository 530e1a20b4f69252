import { cropFor, makeAugment } from "../data/augment/mod.ts";
import type { tf } from "../engine/tf.ts";
import { fit, type FitOptions, type FitResult } from "./loop/fit.ts";
import { fitLinearProbe } from "./linear_probe/fit_linear_probe.ts";
import type { TrainOptions } from "./options.ts";
import type { PreparedData, TrainingSetup } from "./setup.ts";

/** The callbacks of a training, its signal, checkpointer and folder for features. */
export type FitHooks =
  & Pick<TrainOptions, "cacheDirectory" | "signal" | "onMessage" | "onPrepare" | "onStep">
  & Pick<FitOptions, "onEpoch" | "onWarning" | "checkpointer" | "from">;

/** Trains a net, or for a linear probe its last layer alone. */
export function fitByRecipe(
  model: tf.LayersModel,
  setup: TrainingSetup,
  images: PreparedData,
  hooks: FitHooks,
): Promise<FitResult> {
  const { cacheDirectory, signal, onMessage, onPrepare, onStep, onEpoch, onWarning } = hooks;
  const { checkpointer, from } = hooks;
  const { train, validation, normalisation, colours } = images;
  const { augmentation, microBatch, precision, seed, settings: { recipe, transfer } } = setup;
  const { cluster } = setup.engine;
  const common = {
    ...{ model, recipe, train, validation, microBatch },
    ...(signal ? { signal } : {}),
    ...(onEpoch ? { onEpoch } : {}),
    ...(checkpointer ? { checkpointer } : {}),
  };
  if (recipe.linearProbe) {
    return fitLinearProbe({
      ...common,
      normalisation,
      cacheDirectory,
      ...(onMessage ? { onMessage } : {}),
      ...(onPrepare ? { onFeatures: onPrepare } : {}),
    });
  }
  const crop = cropFor(augmentation);
  return fit({
    ...common,
    newLayers: transfer?.newLayers ?? [],
    augment: makeAugment(augmentation, normalisation, colours),
    prepare: makeAugment({ kind: "none" }, normalisation),
    precision,
    seed,
    ...(cluster ? { cluster } : {}),
    ...(from ? { from } : {}),
    ...(onStep ? { onStep } : {}),
    ...(onWarning ? { onWarning } : {}),
    ...(crop ? { crop } : {}),
  });
}
