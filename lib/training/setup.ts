import {
  type Augmentation,
  type ColorStatistics,
  measureColors,
  type Normalization,
  resizeFor,
  resolveNormalization,
} from "../data/augment/mod.ts";
import type { Dataset, Resize } from "../data/dataset.ts";
import {
  expectedBytes,
  memoryLimit,
  type PreparedSplit,
  prepareImages,
  requireClasses,
} from "../data/pipeline/prepared_split.ts";
import { isOfFiles, statisticsSampleSize, streamImages } from "../data/pipeline/streamed_split.ts";
import { defined } from "../defined.ts";
import { workersOnThisHost } from "../engine/cluster.ts";
import type { Precision } from "../engine/compile.ts";
import { resolvePrecision } from "../engine/precision.ts";
import type { Engine } from "../engine/engine.ts";
import { useEngine } from "../engine/use_engine.ts";
import { OptionError } from "../errors.ts";
import { freeMemory } from "../engine/free_memory.ts";
import { countVGG } from "../vgg/analysis/count.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { augmentationSchema } from "./config/augmentation_schema.ts";
import type { ResolvedSettings } from "./config/resolve_settings.ts";
import { requireAllowed } from "./config/setting.ts";
import { defaults } from "./config/settings.ts";
import { microBatchFor, requireMemory } from "./memory.ts";
import type { TrainOptions } from "./options.ts";

/**
 * A resolved training configuration: engine, data set, settings, network and precision, without the
 * decoded images.
 */
export interface TrainingSetup {
  readonly engine: Engine;
  readonly dataset: Dataset;
  readonly settings: ResolvedSettings;
  /** The options of the net, which returns logits. */
  readonly network: VGGOptions;
  readonly seed: number;
  readonly microBatch: number;
  readonly precision: Precision;
  readonly augmentation: Augmentation;
  readonly fit: { readonly train: Resize; readonly validation: Resize };
  /** Set if images are decoded as they are used: as many of each split stand for all in statistics. */
  readonly streamed?: { readonly sample: number } | undefined;
}

/**
 * The images of a run, decoded or to be decoded as they are used, and their color statistics. `using` frees
 * them.
 */
export interface PreparedData extends AsyncDisposable {
  readonly train: PreparedSplit;
  readonly validation: PreparedSplit;
  readonly colors: ColorStatistics;
  readonly normalization: Normalization;
}

/** Starts the engine of a training, and joins its cluster, if there is one. */
export async function startEngine(
  { engine, cluster, onMessage, onPrepare, signal, callbacks = [] }: TrainOptions,
): Promise<Engine> {
  const started = await useEngine({
    ...engine,
    ...defined({ cluster, onMessage, onPrepare, signal }),
  });
  for (const callback of callbacks) callback.onSetup?.(started);
  return started;
}

/**
 * Checks the network's options, then starts the engine and decides precision and micro-batch.
 *
 * @throws {OptionError} If an option is not allowed or the net does not fit into memory.
 */
export async function prepareSetup(
  options: TrainOptions & { readonly seed: number },
  dataset: Dataset,
  settings: ResolvedSettings,
): Promise<TrainingSetup> {
  const { recipe } = settings;
  const { seed } = options;
  const network: VGGOptions = { ...settings.network, seed, activation: "linear" };
  countVGG(network); // Checks the options before anything slow begins.
  const size = settings.network.inputSize;
  const augmentation = recipe.augmentation(size);
  requireAllowed("changes.augmentation", augmentationSchema, augmentation);
  const validation = validationFit(settings, augmentation);
  const { onMessage } = options;
  const engine = await startEngine(options);
  const { precision, note } = resolvePrecision(
    options.precision ?? defaults.precision,
    engine,
  );
  if (note) onMessage?.(note);
  const available = availableBytes(engine);
  if (!recipe.linearProbe) requireMemory(settings.network, available, recipe);
  else if (engine.cluster) {
    throw new OptionError(
      "several workers cannot train a linear probe; use another recipe or one worker",
    );
  }
  const fit = { train: resizeFor(augmentation, validation), validation };
  return {
    engine,
    precision,
    dataset,
    settings,
    network,
    seed,
    microBatch: microBatchFor(
      network,
      Math.ceil(recipe.batchSize / (engine.cluster?.size ?? 1)),
      available,
      recipe,
    ),
    augmentation,
    fit,
    streamed: isStreamed(dataset, fit.train, options.decode)
      ? { sample: statisticsSampleSize }
      : undefined,
  };
}

/**
 * Decides whether images are decoded as they are used: where it is asked for, or else files whose raw pixels
 * take more than the limit.
 *
 * @throws {OptionError} If it is asked for where images are drawn or lie in records.
 */
export function isStreamed(
  { name, train }: Pick<Dataset, "name" | "train">,
  resize: Resize,
  decode: TrainOptions["decode"],
  limit = memoryLimit(),
): boolean {
  if (decode === "streamed" && !isOfFiles(train)) {
    throw new OptionError(
      `decode must be first where images are not files of their own. Received: streamed, ${name}`,
    );
  }
  if (decode !== undefined) return decode === "streamed";
  return isOfFiles(train) && expectedBytes(train, resize) > limit;
}

/** If training takes random crops, validation takes the center crop at the mean of the training scales. */
function validationFit(
  { recipe: { fit: mode }, network: { inputSize: size }, transfer }: ResolvedSettings,
  augmentation: Augmentation,
): Resize {
  if (augmentation.kind === "paper") {
    const [lowest, highest] = augmentation.shortestSide;
    return { mode: "crop", size, shortestSide: Math.round((lowest + highest) / 2) };
  }
  return transfer?.fit ?? { mode: mode === "shortest-side" ? "crop" : mode, size };
}

/**
 * Decodes all images of a run, or some of them if they are streamed.
 *
 * @throws {DataError} If a class has no readable training image; if they are streamed, also if one has no
 *   readable validation image.
 */
export async function prepareData(
  { dataset, fit, settings: { recipe, ...settings }, streamed, engine: { cluster } }: TrainingSetup,
  { signal, onPrepare, onMessage, cacheDirectory }: TrainOptions,
): Promise<PreparedData> {
  const total = dataset.train.length + dataset.validation.length;
  const decode = (name: "train" | "validation", before: number): Promise<PreparedSplit> => {
    const options = {
      ...(signal ? { signal } : {}),
      ...(cacheDirectory ? { cacheDirectory } : {}),
      ...(onMessage ? { onMessage } : {}),
    };
    if (!streamed) {
      return prepareImages(dataset[name], fit[name], {
        ...options,
        onProgress: (done, _, activity) => onPrepare?.(before + done, total, activity),
      });
    }
    const passesPerEpoch = name === "train" ? recipe.passesPerEpoch : 1;
    return streamImages(dataset[name], fit[name], {
      ...options,
      ...streamed,
      what: name === "train" ? "training images" : "validation images",
      passes: recipe.linearProbe ? 1 : recipe.epochs * passesPerEpoch,
      processes: cluster ? workersOnThisHost(cluster) : 1,
      ...(onPrepare ? { onProgress: onPrepare } : {}),
    });
  };
  const train = await decode("train", 0);
  requireClasses(train, dataset.classes);
  const validation = await decode("validation", dataset.train.length);
  const colors = await measureColors(train, signal ? { signal } : {});
  if (train.statisticsSample) {
    onMessage?.(
      `colors     mean and deviation are those of ${train.statisticsSample.length} evenly spaced images`,
    );
  }
  const normalization = settings.transfer?.normalization ??
    resolveNormalization(recipe.normalization, colors);
  return {
    ...{ train, validation, colors, normalization },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([train.dispose(), validation.dispose()]);
    },
  };
}

function availableBytes({ memoryBytes = Infinity, cluster }: Engine): number {
  return Math.min(freeMemory() / (cluster ? workersOnThisHost(cluster) : 1), memoryBytes);
}
