import {
  type ColorStatistics,
  cropFor,
  makeAugment,
  measureColors,
  resolveNormalization,
} from "../data/augment/mod.ts";
import type { Dataset } from "../data/dataset.ts";
import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import { tf } from "../engine/tf.ts";
import { useEngine } from "../engine/use_engine.ts";
import { OptionError } from "../errors.ts";
import type { HistoryLine } from "../runs/schemas.ts";
import { buildVGG } from "../vgg/build.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { whiten } from "./init/whiten.ts";
import { fit } from "./loop/fit.ts";
import type { Recipe } from "./recipes.ts";

/** The settings of one run of {@linkcode ShortRuns}. */
export interface ShortRunOptions {
  /** The network: options of one to build, which is disposed of afterward, or the caller's own, which must return logits. */
  readonly network: VGGOptions | tf.LayersModel;
  /** The recipe of the training. */
  readonly recipe: Recipe;
  /** The number of steps after which the run ends. Default: the recipe's epochs. */
  readonly steps?: number;
  /** The seed of initial weights, order, augmentation and dropout. Default 42. */
  readonly seed?: number;
  /** Ends the run after the current step. */
  readonly signal?: AbortSignal;
}

/** The result of a short run. */
export interface ShortRun {
  /** The loss of each step's batch. */
  readonly losses: readonly number[];
  /** A line for each finished epoch. */
  readonly history: readonly HistoryLine[];
  /** The warnings of the training, for example of a loss that stays at ln(classes). */
  readonly warnings: readonly string[];
}

/** The maximum number of images that a short run computes at once. */
const microBatch = 256;

/**
 * Decoded images for many short trainings that write no files: for experiments, while `train` is for
 * results worth keeping. See {@linkcode prepareShortRuns}.
 */
export class ShortRuns {
  /** The color statistics of the training images, measured by the first run. */
  #colors: ColorStatistics | undefined;

  /** Takes the number of classes, the side of the input in pixels, and prepared images of that size. */
  constructor(
    readonly classes: number,
    readonly size: number,
    readonly train: PreparedSplit,
    readonly validation: PreparedSplit,
  ) {}

  /**
   * Trains a network by a recipe and returns its losses. Nothing is saved.
   *
   * @throws {OptionError} If the recipe takes random crops, which would need larger images.
   * @throws {TrainingError} If the loss becomes NaN or infinite.
   */
  async run(options: ShortRunOptions): Promise<ShortRun> {
    const { recipe, network, seed = 42 } = options;
    const isCallers = network instanceof tf.LayersModel;
    const { size: inputSize, classes } = this;
    const shape = { inputSize, classes, seed, activation: "linear" } as const;
    const model = isCallers ? network : buildVGG({ ...network, ...shape });
    try {
      return await this.#fit(model, recipe, seed, options);
    } finally {
      if (!isCallers) model.dispose();
    }
  }

  /** Frees the images. */
  async dispose(): Promise<void> {
    await Promise.all([this.train.dispose(), this.validation.dispose()]);
  }

  async #fit(
    model: tf.LayersModel,
    recipe: Recipe,
    seed: number,
    { steps = Infinity, signal }: ShortRunOptions,
  ): Promise<ShortRun> {
    const { train, validation, size } = this;
    const augmentation = recipe.augmentation(size);
    if (cropFor(augmentation)) {
      throw new OptionError(
        "the images of short runs have one size; the recipe must not take random crops",
      );
    }
    const colors = this.#colors ??= await measureColors(train);
    const normalization = resolveNormalization(recipe.normalization, colors);
    await whiten(model, train, normalization);
    const [losses, warnings]: [number[], string[]] = [[], []];
    const stepLimit = new AbortController();
    const { history } = await fit({
      model,
      recipe,
      train,
      validation,
      augment: makeAugment(augmentation, normalization, colors),
      prepare: makeAugment({ kind: "none" }, normalization),
      microBatch,
      precision: "float32",
      seed,
      signal: signal ? AbortSignal.any([signal, stepLimit.signal]) : stepLimit.signal,
      onWarning: (line) => warnings.push(line),
      callbacks: [{
        onStep: ({ stepLoss }) => {
          losses.push(stepLoss);
          if (losses.length >= steps) stepLimit.abort();
        },
      }],
    });
    return { losses, history, warnings };
  }
}

/**
 * Starts the engine and decodes a data set's images for {@linkcode ShortRuns}.
 *
 * @param size The side of the networks' input in pixels.
 *
 * @example
 * ```ts
 * import { loadDataset, subsetPerClass } from "vgg/data";
 * import { useEngine } from "vgg/engine";
 * import { prepareShortRuns, recipes } from "vgg/training";
 *
 * await useEngine({ engine: "cpu" });
 * const few = subsetPerClass(await loadDataset("drawn10"), { train: 2, validation: 1 });
 * const trials = await prepareShortRuns(few, 32);
 * const network = { configuration: "A", width: 1 / 32 } as const;
 * const { losses } = await trials.run({ network, recipe: recipes.fast, steps: 1 });
 * losses.length; // 1
 * await trials.dispose();
 * ```
 */
export async function prepareShortRuns(dataset: Dataset, size: number): Promise<ShortRuns> {
  await useEngine();
  const fit = { mode: "stretch", size } as const;
  const [train, validation] = await Promise.all([
    prepareImages(dataset.train, fit),
    prepareImages(dataset.validation, fit),
  ]);
  return new ShortRuns(dataset.classes.length, size, train, validation);
}
