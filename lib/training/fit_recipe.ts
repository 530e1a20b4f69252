import { cropFor, makeAugment } from "../data/augment/mod.ts";
import { defined } from "../defined.ts";
import type { tf } from "../engine/tf.ts";
import { fitLinearProbe } from "./linear_probe/fit_linear_probe.ts";
import { fit, type FitOptions } from "./loop/fit.ts";
import type { FitResult } from "./loop/progress.ts";
import type { TrainOptions } from "./options.ts";
import type { PreparedData, TrainingSetup } from "./setup.ts";

/** The callbacks and the signal of a training, the state it starts from, and the folder of cached features. */
export type FitHooks =
  & Pick<TrainOptions, "cacheDirectory" | "signal" | "onMessage" | "onPrepare">
  & Pick<FitOptions, "callbacks" | "onWarning" | "lastFinite" | "from">;

/** Trains a net, or only its last layer if the recipe is a linear probe. */
export function fitByRecipe(
  model: tf.LayersModel,
  setup: TrainingSetup,
  images: PreparedData,
  hooks: FitHooks,
): Promise<FitResult> {
  const { cacheDirectory, signal, onMessage, onPrepare, onWarning } = hooks;
  const { callbacks = [], lastFinite, from } = hooks;
  const { train, validation, normalization, colors } = images;
  const { augmentation, microBatch, precision, seed, settings: { recipe, transfer } } = setup;
  const { cluster } = setup.engine;
  const common = {
    ...{ model, recipe, train, validation, microBatch, callbacks },
    ...(signal ? { signal } : {}),
  };
  if (recipe.linearProbe) {
    return fitLinearProbe({
      ...common,
      normalization,
      precision,
      cacheDirectory,
      ...defined({ onMessage, onFeatures: onPrepare }),
    });
  }
  const crop = cropFor(augmentation);
  return fit({
    ...common,
    newLayers: transfer?.newLayers ?? [],
    augment: makeAugment(augmentation, normalization, colors),
    prepare: makeAugment({ kind: "none" }, normalization),
    precision,
    seed,
    ...defined({ cluster, from, lastFinite, onWarning, crop }),
  });
}
