import { z } from "zod";
import type { ClassLabel } from "../data/dataset.ts";
import { unpackEvaluation, unpackPrediction } from "./packed.ts";

/** One line of `history.jsonl`: the results and the time of an epoch. Accuracies are fractions. */
export interface HistoryLine {
  /** Counted from 1. */
  readonly epoch: number;
  /** The mean loss of the epoch's augmented training images, while the weights changed. */
  readonly loss: number;
  /** The accuracy on these images. */
  readonly accuracy: number;
  /** The mean loss of all validation images after the epoch; `NaN` without images. */
  readonly val_loss: number;
  /** The accuracy on the validation images; `NaN` without images. */
  readonly val_accuracy: number;
  /** The learning rate of the epoch's last step. */
  readonly lr: number;
  /** Seconds of training, without validation. */
  readonly seconds: number;
  /** Images trained on per second. */
  readonly images_per_second: number;
  /** The part of `seconds` in which the engine waited for images; absent in early runs. */
  readonly data_wait_seconds?: number | undefined;
}

/** One line of `predictions.jsonl`. */
export interface Prediction {
  /** The image's path in its data set. */
  readonly id: string;
  /** The index of the image's class. */
  readonly actual: number;
  /** The index of the most probable class. */
  readonly predicted: number;
  /**
   * The probability of each class, from 0 to 1. Of more than 2,000 classes it has only the 100 largest and that
   * of the image's own class; the others are holes, and the file has `likeliest` and `classes` instead.
   */
  readonly probabilities: readonly number[];
}

/** The results of a class. */
export interface ClassResult extends ClassLabel {
  /** The number of the class's images that were predicted correctly. */
  readonly correct: number;
  /** The number of the class's images. */
  readonly total: number;
  /** The fraction `correct / total`; `null` for a class without images. */
  readonly accuracy: number | null;
  /** Wilson's 95 % confidence interval of the accuracy. */
  readonly interval: readonly [number, number];
}

/**
 * The crops of an image that are predicted at test time (section 3.2 of the paper): the `center`; the
 * whole image, to which the net is applied convolutionally (`dense`); a 5×5 grid of crops (`multi`); or
 * `both` `dense` and `multi`, averaged.
 */
export const testCrops = ["center", "dense", "multi", "both"] as const;
/** One of {@linkcode testCrops}. */
export type TestCrops = typeof testCrops[number];

/** How predictions were made. */
export interface TestTime {
  /** The crops of each image. */
  readonly crops: TestCrops;
  /** The test scales Q, over which predictions were averaged: the shortest side in pixels. */
  readonly scales: readonly number[];
  /** Whether predictions were averaged with those of the mirrored images. */
  readonly flip: boolean;
  /** The pixels by which images were also shifted; absent for none. */
  readonly shift?: number | undefined;
}

/** The parts of a data set that can be evaluated; `all` is all its images together. */
export const evaluatedSplits = ["train", "validation", "test", "all"] as const;
/** One of {@linkcode evaluatedSplits}. */
export type EvaluatedSplit = typeof evaluatedSplits[number];

/** The images of an evaluation. */
export interface EvaluatedData {
  /** The data set's own name. */
  readonly name: string;
  /** The name or the absolute path of the data set. */
  readonly source: string;
  /** SHA-256 over the decoded images and their labels in order, as in `run.json`. */
  readonly digest: string;
  /** The number of files that could not be decoded and are left out. */
  readonly broken: number;
  /** The number of images that are left out because the net does not have their class. */
  readonly unknown: number;
  /** The number of the images that were trained on; absent where the run does not say. */
  readonly overlap?: number | undefined;
}

/** `evaluation.json`: a net's results on the images of a data set. */
export interface Evaluation {
  /** The split that was evaluated. */
  readonly split: EvaluatedSplit;
  /** The images that were evaluated; absent in early files: those of the run's own data set. */
  readonly data?: EvaluatedData | undefined;
  /** The epoch of the weights: that of the highest validation accuracy, or the last; or those of a file. */
  readonly weights: "best" | "last" | "file";
  /** The file of the weights and its SHA-256, if they are of no run. */
  readonly weights_file?: { readonly path: string; readonly digest: string } | undefined;
  /** See {@linkcode TestTime}; absent in early files. */
  readonly crops?: TestTime["crops"] | undefined;
  /** See {@linkcode TestTime}; absent in early files. */
  readonly scales?: TestTime["scales"] | undefined;
  /** See {@linkcode TestTime}; absent in early files. */
  readonly flip?: TestTime["flip"] | undefined;
  /** See {@linkcode TestTime}. */
  readonly shift?: TestTime["shift"] | undefined;
  /** The folders of the runs, if the evaluation is not in the folder of its only run. */
  readonly runs?: readonly string[] | undefined;
  /** The SHA-256 of each file that was written with it, by name; absent in early files. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** The number of images. */
  readonly images: number;
  /** The mean cross-entropy in nats. */
  readonly loss: number;
  /** The fraction of images whose most probable class is correct. */
  readonly top1: number;
  /** The fraction of images whose correct class is among the five most probable. */
  readonly top5: number;
  /** The classes in the order of the net's outputs. */
  readonly classes: readonly ClassLabel[];
  /**
   * `confusion[actual][predicted]` counts images. Of more than 2,000 classes zeros are holes, and the file has
   * `confusion_counts` instead: `[actual, predicted, images]`.
   */
  readonly confusion: readonly (readonly number[])[];
  /** The results of each class, in the order of `classes`. */
  readonly per_class: readonly ClassResult[];
}

/** One entry of `mistakes/index.json`: a misclassified image, saved as a PNG file beside it. */
export interface Mistake extends Prediction {
  /** The name of the PNG in the folder `mistakes`. */
  readonly file: string;
}

/** The files that an evaluation writes beside `evaluation.json`: a damaged one must not name other files. */
export const resultName = /^(predictions\.jsonl|mistakes\/[\w-]+\.(json|png))$/;

const count = z.number().int().nonnegative();
const number = z.number();
/** Labels have 16 bits. */
const maxClasses = 2 ** 16;
const classLabel = z.object({ id: z.string(), name: z.string() });
const prediction = z.object({
  id: z.string(),
  actual: count,
  predicted: count,
  probabilities: z.array(number),
  classes: count.max(maxClasses).optional(),
  likeliest: z.array(z.tuple([count, number])).optional(),
});

/** The schemas of a run's files, which readers check. */
export const historyLineSchema: z.ZodType<HistoryLine> = z.object({
  epoch: count,
  loss: number,
  accuracy: number,
  // Without validation images these are NaN, which JSON writes as null.
  val_loss: number.nullable().transform((value) => value ?? NaN),
  val_accuracy: number.nullable().transform((value) => value ?? NaN),
  lr: number,
  seconds: number,
  images_per_second: number,
  data_wait_seconds: number.optional(),
});
export const predictionSchema: z.ZodType<Prediction> = prediction
  .refine(hasKnownLabels, "likeliest must be of the classes").transform(unpackPrediction);
export const mistakeSchema: z.ZodType<Mistake> = prediction.extend({ file: z.string() })
  .refine(hasKnownLabels, "likeliest must be of the classes").transform(unpackPrediction);
export const evaluationSchema: z.ZodType<Evaluation> = z.object({
  split: z.enum(evaluatedSplits),
  data: z.object({
    name: z.string(),
    source: z.string(),
    digest: z.string(),
    broken: count,
    unknown: count,
    overlap: count.optional(),
  }).optional(),
  weights: z.enum(["best", "last", "file"]),
  weights_file: z.object({ path: z.string(), digest: z.string() }).optional(),
  runs: z.array(z.string()).optional(),
  crops: z.enum(testCrops).optional(),
  scales: z.array(count).optional(),
  flip: z.boolean().optional(),
  shift: count.optional(),
  files: z.record(z.string().regex(resultName), z.string())
    .optional(),
  images: count,
  loss: number,
  top1: number,
  top5: number,
  classes: z.array(classLabel),
  confusion: z.array(z.array(count)),
  confusion_counts: z.array(z.tuple([count, count, count])).optional(),
  per_class: z.array(classLabel.extend({
    correct: count,
    total: count,
    accuracy: number.nullable(),
    interval: z.tuple([number, number]),
  })),
}).refine(
  ({ classes, confusion_counts = [] }) =>
    classes.length <= maxClasses &&
    confusion_counts.every(([actual, predicted]) => Math.max(actual, predicted) < classes.length),
  "confusion_counts must be of the classes",
).transform(unpackEvaluation);

function hasKnownLabels(
  { classes = 0, likeliest = [] }: z.infer<typeof prediction>,
): boolean {
  return likeliest.every(([label]) => label < classes);
}

/** The results of an epoch that decide whether it is the best. */
export type EpochScore = Pick<HistoryLine, "val_accuracy" | "val_loss">;

/**
 * Whether an epoch is better than the best one before it: its validation accuracy is higher, or it is
 * equal and the validation loss is lower. Without validation images every epoch is.
 */
export function isBetterEpoch(epoch: EpochScore, best: EpochScore | undefined): boolean {
  if (!best || !(epoch.val_accuracy <= best.val_accuracy)) return true;
  return epoch.val_accuracy === best.val_accuracy && epoch.val_loss < best.val_loss;
}

/**
 * The epoch with the highest validation accuracy, of equal ones that with the lowest validation loss,
 * counted from 1; without validation images the last one, and 0 where there is none.
 */
export function bestEpochOf(history: readonly EpochScore[]): number {
  return history.reduce(
    (best, epoch, index) => isBetterEpoch(epoch, history[best - 1]) ? index + 1 : best,
    0,
  );
}

/**
 * The first epoch with the highest validation accuracy, from which early stopping counts. In runs of
 * earlier versions it is the best epoch.
 */
export function firstHighestEpochOf(history: readonly Pick<HistoryLine, "val_accuracy">[]): number {
  return bestEpochOf(history.map(({ val_accuracy }) => ({ val_accuracy, val_loss: NaN })));
}
