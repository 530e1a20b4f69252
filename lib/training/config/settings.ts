import { z } from "zod";
import { datasetNames, type LoadOptions } from "../../data/open_dataset.ts";
import type { Precision } from "../../engine/compile.ts";
import { engineNames, type EngineOptions } from "../../engine/engine.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import { type PreprocessingName, preprocessingNames } from "../../weights/preprocessing.ts";
import { publishedWeights } from "../../weights/published.ts";
import { allRecipes, type AnyRecipeName } from "../recipes.ts";
import { networkSettings } from "./network.ts";
import { type RecipeChanges, recipeSettings } from "./recipe.ts";
import {
  anyText,
  numberAbove,
  oneOf,
  setting,
  type SettingsOf,
  share,
  wholeNumber,
  yesOrNo,
} from "./setting.ts";

/** The defaults of settings that do not depend on others. */
export const defaults = {
  data: "drawn10",
  /** The article's. */
  seed: 42,
  precision: "auto",
  engine: "auto",
  checkpointMinutes: 10,
} as const;

/** A shortest side in pixels, or the lowest and the highest one. */
export type Scale = number | readonly [lowest: number, highest: number];

/** Where a run's initial weights come from. By default only from the network's initializer. */
export interface InitialWeightsOptions {
  /**
   * A run's folder: the net starts from the first four convolutions and the fully connected layers of
   * that run's best weights, where block, name and shape agree (section 3.1 of the paper).
   */
  readonly initFromShallow?: string;
  /**
   * A run's folder, a weights file (see `openWeights`), or the name of published weights, which are
   * fetched. The net is of that network unless another is asked for, and starts from its weights. The
   * last layer is new if the classes differ, and so are all fully connected layers if they do not fit.
   */
  readonly weights?: string;
  /** Makes the last layer new even if the classes are the same. */
  readonly newHead?: boolean;
  /** The preprocessing of images, for a weights file that does not record it. */
  readonly preprocessing?: PreprocessingName;
}

/** The settings of a training. Each has an entry in {@linkcode trainSettings}. */
export interface TrainSettings extends InitialWeightsOptions {
  /** A data set's name or a path. Default `drawn10`. */
  readonly data?: string;
  /** How the data set is read. */
  readonly load?: LoadOptions;
  /**
   * When image files are decoded: all of them `first`, or `streamed`, as they are used, so that training starts
   * at once (see `streamImages`). Default: streamed, if the raw pixels of the training images do not fit into
   * memory (a quarter of the machine's, at most 4 GiB).
   */
  readonly decode?: "first" | "streamed";
  /** Options of the network; its `weightDecay` replaces the recipe's. */
  readonly network?: VGGOptions;
  /**
   * The recipe. Default `fast`; `cifar` for CIFAR-10 as a whole, if its network and steps are left to the
   * recipe; `finetune` for trained weights with new layers.
   */
  readonly recipe?: AnyRecipeName;
  /** Settings that replace the recipe's. */
  readonly changes?: RecipeChanges;
  /** The highest learning rate of the recipe's schedule. */
  readonly learningRate?: number;
  /**
   * The shortest side of training images in pixels, the paper's S, for a recipe that crops at random:
   * fixed, or drawn for each image between two. Default: 256 of 224 times the input's size.
   */
  readonly scale?: Scale;
  /**
   * The seed of initial weights, order, augmentation and dropout. Default 42, or one more than the seed of
   * the run that the net starts from.
   */
  readonly seed?: number;
  /** Default `auto`: bfloat16 if the engine compiles and the hardware computes in it, else float32. */
  readonly precision?: "auto" | Precision;
  /** The folder of the run. Default: a new one in `runs/`, named by data set, network and time. */
  readonly run?: string;
  /**
   * Continues the run in the folder `run`, to the same last bit as if it had never ended. The run's
   * record holds its settings: no others may be given, except for `data`, if the same images are now
   * in another place, and for `changes.epochs`, if the run is finished and more epochs are to follow.
   * They start from the last weights, at the rate that the schedule of so many epochs has there.
   */
  readonly resume?: boolean;
  /** Minutes between checkpoints, in addition to one after each epoch. Default 10. */
  readonly checkpointMinutes?: number;
  /** The engine to use. Default: see `useEngine`. */
  readonly engine?: Pick<EngineOptions, "engine" | "native" | "requireNative">;
  /** The folder for features, and for images that do not fit into memory. Default `data/cache`. */
  readonly cacheDirectory?: string;
}

const load: SettingsOf<LoadOptions> = {
  classes: setting(
    z.union([z.literal("all"), z.array(z.string()).readonly()], "class ids, or all"),
    "--classes <ids>",
    "class ids, separated by commas (\\, for a comma in an id; repeatable), or all",
  ),
  perClass: setting(wholeNumber(1), "--per-class <n>", "train on the first n images of each class"),
  seed: setting(z.int("a whole number")),
  validationFraction: setting(
    share(),
    "--validation-fraction <share>",
    "share of each class's training images to validate on, chosen by seed, if the data set has no " +
      "validation images (default: 0.2; for official sets 0.1)",
  ),
  labels: setting(
    anyText(),
    "--labels <file>",
    "a CSV or TSV file with the classes of the images in the folder --data",
    { of: "machine" },
  ),
  labelColumns: setting(
    z.array(z.string(), "two names of columns").length(2, "two names of columns").readonly(),
    "--label-columns <name,name>",
    "the columns of file names and of classes in --labels, if they are not recognized",
  ),
  labelPattern: setting(
    anyText(),
    "--label-pattern <pattern>",
    "pattern of file names that contain the class: {label}.# for cat.0.jpg; # stands for digits, * for anything",
  ),
  root: { value: anyText(), of: "process" },
};

const { size: _, weightDecay: __, ...changeable } = recipeSettings;
const changes: SettingsOf<RecipeChanges> = {
  ...changeable,
  patience: setting(
    wholeNumber(1),
    "--patience <epochs>",
    "recipe paper: epochs without improvement until the rate falls",
  ),
};

const scale = z.union(
  [wholeNumber(1), z.tuple([wholeNumber(1), wholeNumber(1)]).readonly()],
  "a whole number of pixels, or two of them, the lower first",
);

/**
 * Every setting of a training, in the order of `--help`. Checks, flags, and what `resume` and workers
 * accept follow from these entries, {@linkcode recipeSettings} and {@linkcode networkSettings}.
 */
export const trainSettings = {
  data: setting(
    anyText(),
    "--data <name|path>",
    `${datasetNames.join(", ")}, or a folder of images`,
    { default: defaults.data, of: "machine" },
  ),
  load,
  decode: setting(
    oneOf(["first", "streamed"]),
    "--decode <when>",
    "first: decode all images before training; streamed: as they are used (default: streamed for files " +
      "whose raw pixels do not fit into memory)",
  ),
  network: networkSettings,
  recipe: setting(
    oneOf(Object.keys(allRecipes) as AnyRecipeName[]),
    "--recipe <name>",
    Object.entries(allRecipes).map(([name, { about }]) => `${name}: ${about}`).join("; ") +
      " (default: fast, cifar for CIFAR-10 as a whole, or finetune if --weights leaves new layers)",
  ),
  changes,
  learningRate: setting(numberAbove(0), "--learning-rate <rate>", "highest rate of the schedule"),
  scale: setting(
    scale,
    "--scale <px|px,px>",
    "recipe paper: shortest side of the images to crop, fixed or drawn between two",
  ),
  initFromShallow: setting(
    anyText(),
    "--shallow, --init-from-shallow <run>",
    "start from the layers of a shallower net, as in the paper",
    { of: "machine" },
  ),
  weights: setting(
    anyText(),
    "--weights <run|file|name>",
    "start from the weights of a run or a file, of cifar10 (a net of this project), or published ones " +
      `(${
        Object.keys(publishedWeights).join(", ")
      }); the network is theirs, with a new last layer ` +
      "if the classes differ",
    { of: "machine" },
  ),
  newHead: setting(yesOrNo(), "--new-head", "with --weights: make the last layer new in any case"),
  preprocessing: setting(
    oneOf(preprocessingNames),
    "--preprocessing <name>",
    "preprocessing of weights that do not record it",
  ),
  seed: setting(
    wholeNumber(0),
    "--seed <n>",
    "seed of weights, order, augmentation, dropout " +
      `(default: ${defaults.seed}, or the next after that of the run it starts from)`,
  ),
  precision: setting(
    oneOf(["auto", "float32", "bfloat16"]),
    "--precision <name>",
    "precision of the arithmetic",
    { default: defaults.precision },
  ),
  run: setting(
    anyText(),
    "--run <dir>",
    "the run's folder, new or empty (default: a new one in runs/)",
    { of: "process" },
  ),
  resume: setting(
    yesOrNo(),
    "--resume",
    "continue the run in the folder --run, with its own settings, as if it had never ended; " +
      "--data says where its images are now; --epochs gives a finished run more epochs",
    { of: "process" },
  ),
  checkpointMinutes: setting(
    numberAbove(0),
    "--checkpoint-minutes <n>",
    "minutes between checkpoints, in addition to one after each epoch",
    { default: defaults.checkpointMinutes, of: "process" },
  ),
  engine: {
    engine: setting(oneOf(["auto", ...engineNames]), "--engine <name>", "engine that computes", {
      default: defaults.engine,
      of: "process",
    }),
    native: setting(
      yesOrNo(),
      "--no-native",
      "do not use TensorFlow's library; compute on WebGPU or in WebAssembly",
      { of: "process" },
    ),
    requireNative: setting(
      yesOrNo(),
      "--require-native",
      "end with an error if the native engine cannot compute",
      { of: "process" },
    ),
  },
  cacheDirectory: { value: anyText(), of: "process" },
} satisfies TrainTable;

/** An entry for each setting; a group has an entry for each of its own. */
type TrainTable = {
  readonly [Name in keyof TrainSettings]-?: Name extends "load" | "network" | "changes" | "engine"
    ? SettingsOf<Exclude<TrainSettings[Name], undefined>>
    : SettingsOf<TrainSettings>[Name];
};
