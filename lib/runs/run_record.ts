import type { Normalization } from "../data/augment/mod.ts";
import type { ClassLabel, Resize, UnusedFiles } from "../data/dataset.ts";
import type { BrokenFile } from "../data/pipeline/decode_split.ts";
import type { Precision } from "../engine/compile.ts";

/** The initial weights of a run. */
export interface InitialWeightsRecord {
  /** `shallow`: some layers of a shallower net, as in the paper; `weights`: all layers that fit. */
  readonly kind: "shallow" | "weights";
  /** The run's folder, or the file. */
  readonly from: string;
  /** The layers that were copied. */
  readonly layers: readonly string[];
  /** The layers that are new, for other classes or inputs. */
  readonly newLayers?: readonly string[] | undefined;
}

/** A process that resumed a run, and where it continued. */
export interface ResumedRecord {
  /** ISO 8601. */
  readonly at: string;
  /** The epoch it began in, counted from 1. */
  readonly epoch: number;
  /** The number of finished steps in that epoch. */
  readonly step: number;
  /** If the run was finished and is trained on: its new number of epochs. */
  readonly epochs?: number | undefined;
}

/** The other options that decide which images a data set has: see `LoadOptions`. */
export interface RecordedLoad {
  /** The seed of drawn10's images and of the split of plain class folders. */
  readonly seed?: number | undefined;
  /** The fraction of the training images that is held out for validation. */
  readonly validationFraction?: number | undefined;
  /** The table of the images' classes: an absolute path, or the name of a file in the source's folder. */
  readonly labels?: string | undefined;
  /** The table's columns of file names and of classes. */
  readonly labelColumns?: readonly string[] | undefined;
  /** The pattern of file names that hold their class. */
  readonly labelPattern?: string | undefined;
}

/** `run.json`: every resolved setting of a run, its engine and machine, and how it ended. */
export interface RunRecord {
  /** The name of the run's folder. */
  readonly name: string;
  /** When the run began, as ISO 8601. */
  readonly created: string;
  /** The command line as typed; `null` from the library, absent in runs of older versions. */
  readonly command?: string | null | undefined;
  /** The state of the training. */
  readonly status: "running" | "finished" | "interrupted" | "failed";
  /** The data set and how its images were prepared. */
  readonly data: {
    /** The data set's own name. */
    readonly name: string;
    /** The name or path that the user gave. */
    readonly source: string;
    /** The classes in the order of the net's outputs. */
    readonly classes: readonly ClassLabel[];
    /** The maximum number of training images per class, if the user limited them. */
    readonly perClass?: number | undefined;
    /** The other options that decide which images it has. */
    readonly load?: RecordedLoad | undefined;
    /** The number of training images, without broken ones; with those if they are replaced. */
    readonly train: number;
    /** The number of validation images, without broken ones; with those if they are replaced. */
    readonly validation: number;
    /** The number of test images, which training does not look at; absent if there are none. */
    readonly test?: number | undefined;
    /** Digests of the splits' decoded images and labels. Absent in early runs. */
    readonly digests?: { readonly train: string; readonly validation: string } | undefined;
    /**
     * Set if images are decoded as they are used. Normalization and digests are then those of at most as many
     * evenly spaced images of each split, and of all labels and paths; broken files are replaced by others.
     */
    readonly streamed?: { readonly sample: number } | undefined;
    /** How an image becomes the net's input. It is stored with the weights too. */
    readonly fit: Resize;
    /** How pixels become the net's input. It is stored with the weights too. */
    readonly normalization: Normalization;
    /** The files that could not be decoded. While images are streamed, those that were found so far. */
    readonly broken: readonly BrokenFile[];
    /** The files in the source's folder that are not used, by reason. Absent in early runs. */
    readonly unused?: readonly UnusedFiles[] | undefined;
  };
  /** The options of `buildVGG`. */
  readonly model: {
    readonly configuration: string;
    /** The side of the input in pixels. */
    readonly inputSize: number;
    readonly classes: number;
    readonly [option: string]: unknown;
  };
  /** The source of the initial weights, if they do not come only from the initializer. */
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
  /** The number of images computed at once: less than the batch size if a whole batch does not fit into memory. */
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
    /** The SHA-256 in the metadata of the best weights' file. Absent in early runs. */
    readonly best_sha256?: string | undefined;
    /** Seconds that training took, over all its processes. */
    readonly seconds: number;
    /** CPU time of all cores together, in seconds. Other programs hardly affect it. */
    readonly core_seconds?: number | undefined;
    /**
     * Arithmetic of the steps: additions and multiplications of the convolutions and fully connected layers,
     * forward and backward, over all images. Absent in early runs and in linear probes.
     */
    readonly flops?: number | undefined;
    /** The fraction of the epochs' time in which the engine waited for images. */
    readonly data_wait?: number | undefined;
    /** Why it ended before its last epoch, if it did. */
    readonly stopped?: string | undefined;
  } | undefined;
}

/** Whether a run has images to evaluate on that it was not trained on. */
export function hasHeldOut({ validation, test = 0 }: RunRecord["data"]): boolean {
  return validation > 0 || test > 0;
}

/** The part of a record that depends on the decoded images. */
export type DataSummary = Pick<RunRecord["data"], "train" | "validation" | "digests">;

/**
 * The part of a run's record that is known before the images are decoded. All workers that train
 * together follow the chief's.
 */
export interface TrainingPlan
  extends Pick<RunRecord, "model" | "recipe" | "seed" | "precision" | "microBatch" | "start"> {
  readonly data:
    & Omit<RunRecord["data"], keyof DataSummary | "broken" | "unused" | "normalization">
    /** Known if it comes with the initial weights; otherwise it follows from the images. */
    & Partial<Pick<RunRecord["data"], "normalization">>;
}
