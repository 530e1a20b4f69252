import { z } from "zod";
import type { Normalisation } from "../data/augment/mod.ts";
import type { BrokenFile } from "../data/pipeline/prepared_split.ts";
import type { ClassLabel, Resize } from "../data/dataset.ts";
import type { Precision } from "../engine/compile.ts";
import { classesSchema, currentMode, fitSchema, normalisationSchema } from "../weights/net.ts";

/** Weights that a run began with. */
export interface InitialWeightsRecord {
  /** `shallow`: some layers of a shallower net, as in the paper; `weights`: all that fit. */
  readonly kind: "shallow" | "weights";
  /** The run's folder, or the file. */
  readonly from: string;
  /** The layers that were copied. */
  readonly layers: readonly string[];
  /** The layers that are new, for other classes or inputs. */
  readonly newLayers?: readonly string[] | undefined;
}

/** A process that resumed a run: after how many steps of which epoch. */
export interface ResumedRecord {
  /** ISO 8601. */
  readonly at: string;
  /** The epoch it began in, counted from 1. */
  readonly epoch: number;
  /** Steps that were done in that epoch. */
  readonly step: number;
}

/** The other options that decide which images a data set has: see `LoadOptions`. */
export interface RecordedLoad {
  /** The seed of drawn10's images and of the split of plain class folders. */
  readonly seed?: number | undefined;
  /** The fraction of plain class folders that is used for validation. */
  readonly validationFraction?: number | undefined;
}

/** `run.json`: every resolved setting of a run, what it ran on, and how it ended. */
export interface RunRecord {
  /** The name of the run's folder. */
  readonly name: string;
  /** When the run began, as ISO 8601. */
  readonly created: string;
  /** The command line as typed; `null` from the library, absent in runs of older versions. */
  readonly command?: string | null | undefined;
  /** How far training is, or how it ended. */
  readonly status: "running" | "finished" | "interrupted" | "failed";
  /** The data set and how its images were prepared. */
  readonly data: {
    /** The data set's own name. */
    readonly name: string;
    /** What the user called it by: a name or a path. */
    readonly source: string;
    /** The classes in the order of the net's outputs. */
    readonly classes: readonly ClassLabel[];
    /** The most training images of a class, if the user limited them. */
    readonly perClass?: number | undefined;
    /** The other options that decide which images it has. */
    readonly load?: RecordedLoad | undefined;
    /** Training images, broken ones left out. */
    readonly train: number;
    /** Validation images, broken ones left out. */
    readonly validation: number;
    /** Digests of the splits' decoded images and labels. Absent in early runs. */
    readonly digests?: { readonly train: string; readonly validation: string } | undefined;
    /** How an image becomes the net's input. It is stored with the weights too. */
    readonly fit: Resize;
    /** How pixels become the net's input. It is stored with the weights too. */
    readonly normalisation: Normalisation;
    /** The files that cannot be decoded. */
    readonly broken: readonly BrokenFile[];
  };
  /** The options of `buildVGG`. */
  readonly model: {
    readonly configuration: string;
    /** The side of the input in pixels. */
    readonly inputSize: number;
    readonly classes: number;
    readonly [option: string]: unknown;
  };
  /** The source of the first weights, if it is not the initializer alone. */
  readonly start?: InitialWeightsRecord | undefined;
  /** Trainable parameters of the net. */
  readonly parameters: number;
  /** The settings of the recipe, changes included. */
  readonly recipe: {
    readonly name: string;
    readonly epochs: number;
    readonly batchSize: number;
    readonly [setting: string]: unknown;
  };
  /** Images computed at once. Smaller than the batch if memory does not hold a whole one. */
  readonly microBatch: number;
  /** The seed of initial weights, order, augmentation and dropout. */
  readonly seed: number;
  /** The precision of the engine's arithmetic. Weights are always float32. */
  readonly precision: Precision;
  /** The engine that computed; see `Engine`. */
  readonly engine: {
    readonly name: string;
    readonly version: string;
    readonly devices: readonly string[];
  };
  /** The versions of this library and of what it runs on. */
  readonly versions: { readonly [name: string]: string };
  /** The machine's processor, memory and graphics card. */
  readonly hardware: { readonly [fact: string]: unknown };
  /** The warnings of data set and training, one line each. */
  readonly warnings: readonly string[];
  /** When and where later processes resumed the run. */
  readonly resumed?: readonly ResumedRecord[] | undefined;
  /** Absent while the run trains. */
  readonly result?: {
    /** Finished epochs. */
    readonly epochs: number;
    /** Counted from 1; 0 if no epoch was finished. */
    readonly best_epoch: number;
    /** `null` without validation images; the best epoch is then the last. */
    readonly best_val_accuracy: number | null;
    /** Seconds that training took, over all its processes. */
    readonly seconds: number;
    /** Seconds of all processor cores together. Other programs change them little. */
    readonly core_seconds?: number | undefined;
    /** The fraction of the epochs' time in which the engine waited for images. */
    readonly data_wait?: number | undefined;
    /** Why it ended before its last epoch, if it did. */
    readonly stopped?: string | undefined;
  } | undefined;
}

/** What a record says of the decoded images. */
export type DataSummary = Pick<RunRecord["data"], "train" | "validation" | "digests">;

/**
 * The part of a run's record that is known before the images are decoded. All workers that train
 * together follow the chief's.
 */
export interface TrainingPlan
  extends Pick<RunRecord, "model" | "recipe" | "seed" | "precision" | "microBatch" | "start"> {
  readonly data:
    & Omit<RunRecord["data"], keyof DataSummary | "broken" | "normalisation">
    /** Known if it comes with the initial weights; otherwise it follows from the images. */
    & Partial<Pick<RunRecord["data"], "normalisation">>;
}

const text = z.string();
const whole = z.number().int().nonnegative();

/** What a well-formed `run.json` looks like; readers check against it. */
export const runRecordSchema: z.ZodType<RunRecord> = z.object({
  name: text,
  created: text,
  command: text.nullish(),
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  data: z.object({
    name: text,
    source: text,
    classes: classesSchema,
    perClass: whole.optional(),
    load: z.object({
      seed: z.number().optional(),
      validationFraction: z.number().optional(),
    }).optional(),
    train: whole,
    validation: whole,
    digests: z.object({ train: text, validation: text }).optional(),
    fit: fitSchema,
    normalisation: normalisationSchema,
    broken: z.array(z.object({ path: text, reason: text })),
  }),
  model: z.looseObject({ configuration: text, inputSize: whole, classes: whole }),
  start: z.object({
    kind: z.enum(["shallow", "weights"]),
    from: text,
    layers: z.array(text),
    newLayers: z.array(text).optional(),
  }).optional(),
  parameters: whole,
  recipe: z.preprocess(
    currentRecipe,
    z.looseObject({ name: text, epochs: whole, batchSize: whole }),
  ),
  microBatch: whole,
  seed: whole,
  precision: z.enum(["float32", "bfloat16"]),
  engine: z.object({ name: text, version: text, devices: z.array(text) }),
  versions: z.record(text, text),
  hardware: z.looseObject({}),
  warnings: z.array(text),
  resumed: z.array(z.object({ at: text, epoch: whole, step: whole })).optional(),
  result: z.object({
    epochs: whole,
    best_epoch: whole,
    best_val_accuracy: z.number().nullable(),
    seconds: z.number(),
    core_seconds: z.number().optional(),
    data_wait: z.number().optional(),
    stopped: text.optional(),
  }).optional(),
});

/** The names of a recipe's settings in runs before 0.2. */
const OLD_SETTINGS: Readonly<Record<string, string>> = {
  passes: "passesPerEpoch",
  plainRate: "noBatchNormRateFactor",
  onFeatures: "linearProbe",
};

/** A recorded recipe with the current names of its settings. */
function currentRecipe(recipe: unknown): unknown {
  if (typeof recipe !== "object" || recipe === null) return recipe;
  return Object.fromEntries(
    Object.entries(recipe).map(([name, value]) =>
      name === "fit" ? [name, currentMode(value)] : [OLD_SETTINGS[name] ?? name, value]
    ),
  );
}
