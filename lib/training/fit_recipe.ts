import { cropFor, makeAugment } from "../data/augment/mod.ts";
import type { tf } from "../engine/tf.ts";
import { fit, type FitOptions, type FitResult } from "./loop/fit.ts";
import { fitClassifier } from "./linear_probe/fit_linear_probe.ts";
import type { TrainOptions } from "./train.ts";
import type { Pictures, Workshop } from "./setup.ts";

/** Who is told of what goes on, what may end it, and where features are kept. */
export type FitHooks =
  & Pick<TrainOptions, "cacheDirectory" | "signal" | "onMessage" | "onPrepare" | "onStep">
  & Pick<FitOptions, "onEpoch" | "onWarning" | "keeper" | "from">;

/** Trains a net, or its last layer alone, as the recipe says. */
export function fitByRecipe(
  model: tf.LayersModel,
  workshop: Workshop,
  pictures: Pictures,
  hooks: FitHooks,
): Promise<FitResult> {
  const { cacheDirectory, signal, onMessage, onPrepare, onStep, onEpoch, onWarning } = hooks;
  const { keeper, from } = hooks;
  const { train, validation, normalisation, colours } = pictures;
  const { augmentation, microBatch, precision, seed, settings: { recipe, transfer } } = workshop;
  const { cluster } = workshop.engine;
  const common = {
    ...{ model, recipe, train, validation, microBatch },
    ...(signal ? { signal } : {}),
    ...(onEpoch ? { onEpoch } : {}),
    ...(keeper ? { keeper } : {}),
  };
  if (recipe.onFeatures) {
    return fitClassifier({
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
