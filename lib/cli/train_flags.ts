import { type Command, Option } from "commander";
import { datasetNames } from "../data/open_dataset.ts";
import type { Precision } from "../engine/compile.ts";
import { defaultData } from "../training/config/data_source.ts";
import type { TrainOptions } from "../training/train.ts";
import { allRecipes, type AnyRecipeName } from "../training/transfer_recipes.ts";
import { type ConfigurationName, configurations } from "../vgg/configurations.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { type PreprocessingName, preprocessingNames } from "../weights/preprocessing.ts";
import { publishedWeights } from "../weights/published.ts";
import { addEngineOptions, choice, type EngineFlags, number, oneOrTwo, whole } from "./options.ts";

/** What `train` is given. */
export interface TrainFlags extends EngineFlags {
  data?: string;
  classes?: string;
  perClass?: number;
  model?: ConfigurationName;
  batchNorm?: boolean;
  width?: number;
  size?: number;
  head?: "4096-4096" | "small";
  dropout?: number;
  initializer?: "he" | "glorot" | "paper" | "dirac";
  recipe?: AnyRecipeName;
  epochs?: number;
  batch?: number;
  patience?: number;
  scale?: number | [number, number];
  shallow?: string;
  weights?: string;
  newHead?: boolean;
  preprocessing?: PreprocessingName;
  learningRate?: number;
  weightDecay?: number;
  clipNorm?: number;
  earlyStopping?: number;
  seed?: number;
  precision: "auto" | Precision;
  run?: string;
  resume?: boolean;
  checkpointMinutes?: number;
  workers?: number;
  restarts: number;
  clusterTimeout?: number;
  tensorboard?: string | true;
}

/** Adds the flags of `train`. */
export function addTrainFlags(command: Command): Command {
  return addEngineOptions(
    command
      .option(
        "--data <name|path>",
        `${datasetNames.join(", ")}, or a folder of images (default: ${defaultData})`,
      )
      .option("--classes <ids>", "class ids with commas between, or all")
      .option("--per-class <n>", "train on the first n images of each", whole("--per-class", 1))
      .addOption(
        choice(
          "--model <name>",
          "column of the paper's table 1; D is VGG16 (default: D, with fast A)",
          [
            ...Object.keys(configurations),
          ],
        ),
      )
      .option("--batch-norm", "batch normalization after each convolution")
      .addOption(new Option("--no-batch-norm", "none, where the recipe has it"))
      .option("--width <factor>", "factor on all channels", number("--width", 0))
      .option("--size <px>", "side of the input in pixels, 32 or more", whole("--size", 32))
      .addOption(choice("--head <name>", "fully connected layers", ["4096-4096", "small"]))
      .option("--dropout <rate>", "0 to below 1", number("--dropout", 0, true))
      .addOption(
        choice("--initializer <name>", "how kernels start", ["he", "glorot", "paper", "dirac"]),
      )
      .addOption(choice("--recipe <name>", about(), Object.keys(allRecipes)))
      .option("--epochs <n>", "epochs to train", whole("--epochs", 1))
      .option("--batch <n>", "images a step", whole("--batch", 1))
      .option("--learning-rate <rate>", "the highest one", number("--learning-rate", 0))
      .option("--patience <epochs>", "recipe paper: until the rate falls", whole("--patience", 1))
      .option(
        "--scale <px|px,px>",
        "recipe paper: shortest side that is cropped from, fixed or drawn between two",
        oneOrTwo("--scale"),
      )
      .option("--shallow <run>", "start from the layers of a shallower net, as in the paper")
      .option(
        "--weights <run|file|name>",
        "start from the weights of a run or a file, or from published ones " +
          `(${
            Object.keys(publishedWeights).join(", ")
          }): the network is theirs, and its last layer ` +
          "new where the classes are others",
      )
      .option("--new-head", "with --weights: a new last layer in any case")
      .addOption(
        choice(
          "--preprocessing <name>",
          "how images became input, of weights that do not say it",
          preprocessingNames,
        ),
      )
      .option(
        "--weight-decay <value>",
        "in place of the recipe's",
        number("--weight-decay", 0, true),
      )
      .option("--clip-norm <norm>", "limit of the gradients' norm", number("--clip-norm", 0, true))
      .option("--early-stopping <epochs>", "patience; 0: never", whole("--early-stopping", 0))
      .option(
        "--seed <n>",
        "of weights, order, augmentation, dropout (default: 42, or the next of the run started from)",
        whole("--seed", 0),
      )
      .addOption(
        choice("--precision <name>", "of arithmetic", ["auto", "float32", "bfloat16"]).default(
          "auto",
        ),
      )
      .option("--run <dir>", "the run's folder, new or empty (default: a new one in runs/)")
      .option(
        "--resume",
        "go on with the run in the folder --run, with its own settings, as if it had never ended",
      )
      .option(
        "--checkpoint-minutes <n>",
        "between two checkpoints, beside that of each epoch (default: 10)",
        number("--checkpoint-minutes", 0),
      )
      .option(
        "--workers <n>",
        "Linux: share each batch among n processes of this machine, in a private network",
        whole("--workers", 2),
      )
      .option(
        "--restarts <n>",
        "start again from the last checkpoint, at most n times, where a process was killed or a " +
          "cluster broke",
        whole("--restarts", 0),
        0,
      )
      .option(
        "--cluster-timeout <minutes>",
        "the longest wait for another worker (default: 10)",
        number("--cluster-timeout", 0),
      )
      .option(
        "--tensorboard [dir]",
        "write event files for TensorBoard (default: in the folder tensorboard of the run)",
      ),
  );
}

function about(): string {
  const all = Object.entries(allRecipes).map(([name, { about }]) => `${name}: ${about}`).join("; ");
  return `${all} (default: fast, or finetune where --weights leaves new layers)`;
}

/** What the flags say, as options of the library. */
export function trainOptionsOf(flags: TrainFlags): TrainOptions {
  const network = defined({
    configuration: flags.model,
    batchNorm: flags.batchNorm,
    width: flags.width,
    inputSize: flags.size,
    head: flags.head,
    dropout: flags.dropout,
    initializer: flags.initializer,
    weightDecay: flags.weightDecay,
  }) as VGGOptions;
  const changes = defined({
    epochs: flags.epochs,
    batchSize: flags.batch,
    clipNorm: flags.clipNorm,
    earlyStopping: flags.earlyStopping,
    patience: flags.patience,
  });
  const load = defined({
    classes: flags.classes === "all" ? "all" as const : flags.classes?.split(","),
    perClass: flags.perClass,
  });
  return {
    network,
    changes,
    engine: { engine: flags.engine, native: flags.native },
    precision: flags.precision,
    load,
    ...defined({
      data: flags.data,
      recipe: flags.recipe,
      newHead: flags.newHead,
      preprocessing: flags.preprocessing,
      learningRate: flags.learningRate,
      scale: flags.scale,
      shallow: flags.shallow,
      weights: flags.weights,
      seed: flags.seed,
      run: flags.run,
      resume: flags.resume,
      checkpointMinutes: flags.checkpointMinutes,
    }),
  };
}

/** The fields of an object that have a value. */
function defined<T extends object>(object: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
