import {
  type ColourStatistics,
  cropFor,
  makeAugment,
  measureColours,
  resolveNormalisation,
} from "../data/augment/mod.ts";
import { type PreparedSplit, prepareImages } from "../data/pipeline/prepared_split.ts";
import type { Dataset } from "../data/dataset.ts";
import { useEngine } from "../engine/use_engine.ts";
import { tf } from "../engine/tf.ts";
import { OptionError } from "../errors.ts";
import { buildVGG } from "../vgg/build.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { fit } from "./loop/fit.ts";
import type { Recipe } from "./recipes.ts";
import type { HistoryLine } from "../runs/schemas.ts";

/** One trial of {@linkcode ShortRuns}. */
export interface ShortRunOptions {
  /** What to train: a network to be built and disposed of again, or the caller's own, giving logits. */
  readonly network: VGGOptions | tf.LayersModel;
  /** How to train it. */
  readonly recipe: Recipe;
  /** Ends the trial after so many steps; by default the recipe's epochs end it. */
  readonly steps?: number;
  /** Decides initial weights, order, augmentation and dropout. Default 42. */
  readonly seed?: number;
  /** Ends the trial after the running step. */
  readonly signal?: AbortSignal;
}

/** What came of a trial. */
export interface ShortRun {
  /** The loss of each step's batch. */
  readonly losses: readonly number[];
  /** A line for each epoch that was finished. */
  readonly history: readonly HistoryLine[];
  /** What training warned of: a loss that stays at ln(classes). */
  readonly warnings: readonly string[];
}

/** How many images a trial computes at once. */
const microBatch = 256;

/**
 * Images ready for many short trainings that leave nothing behind: experiments, where `train` is
 * for what is worth keeping. See {@linkcode prepareShortRuns}.
 */
export class ShortRuns {
  /** Of the training images, once a run has measured them. */
  #colours: ColourStatistics | undefined;

  /** Takes the number of classes, the side of the input in pixels, and prepared images of that size. */
  constructor(
    readonly classes: number,
    readonly size: number,
    readonly train: PreparedSplit,
    readonly validation: PreparedSplit,
  ) {}

  /**
   * Trains a network by a recipe, and forgets it.
   *
   * @throws {OptionError} For a recipe that crops at random, which would need larger images.
   * @throws {TrainingError} Where the loss is not finite any more.
   */
  async run(options: ShortRunOptions): Promise<ShortRun> {
    const { recipe, network, seed = 42 } = options;
    const isOwn = network instanceof tf.LayersModel;
    const { size: inputSize, classes } = this;
    const shape = { inputSize, classes, seed, activation: "linear" } as const;
    const model = isOwn ? network : buildVGG({ ...network, ...shape });
    try {
      return await this.#fit(model, recipe, seed, options);
    } finally {
      if (!isOwn) model.dispose();
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
      throw new OptionError("a trial's images have one size; give its recipe no random crops");
    }
    const colours = this.#colours ??= await measureColours(train);
    const normalisation = resolveNormalisation(recipe.normalisation, colours);
    const [losses, warnings]: [number[], string[]] = [[], []];
    const enough = new AbortController();
    const { history } = await fit({
      model,
      recipe,
      train,
      validation,
      augment: makeAugment(augmentation, normalisation, colours),
      prepare: makeAugment({ kind: "none" }, normalisation),
      microBatch,
      precision: "float32",
      seed,
      signal: signal ? AbortSignal.any([signal, enough.signal]) : enough.signal,
      onWarning: (line) => warnings.push(line),
      callbacks: [{
        onStep: ({ stepLoss }) => {
          losses.push(stepLoss);
          if (losses.length >= steps) enough.abort();
        },
      }],
    });
    return { losses, history, warnings };
  }
}

/**
 * Readies the engine, and decodes a data set's images for {@linkcode ShortRuns}.
 *
 * @param size The side of the networks' input in pixels.
 *
 * @example
 * ```ts ignore
 * const few = subsetPerClass(await loadDataset("drawn10"), { train: 50, validation: 10 });
 * const trials = await prepareShortRuns(few, 32);
 * const { losses } = await trials.run({ network: { configuration: "A" }, recipe: recipes.fast });
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
