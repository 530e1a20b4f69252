import { z } from "zod";
import type { ClassLabel } from "../data/dataset.ts";

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
  /** The index of the likeliest class. */
  readonly predicted: number;
  /** The probability of each class, from 0 to 1. */
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
}

/** `evaluation.json`: a net's results on the validation images. */
export interface Evaluation {
  /** The split that was evaluated. */
  readonly split: "train" | "validation";
  /** The epoch of the weights: that of the highest validation accuracy, or the last. */
  readonly weights: "best" | "last";
  /** See {@linkcode TestTime}; absent in early files. */
  readonly crops?: TestTime["crops"] | undefined;
  /** See {@linkcode TestTime}; absent in early files. */
  readonly scales?: TestTime["scales"] | undefined;
  /** See {@linkcode TestTime}; absent in early files. */
  readonly flip?: TestTime["flip"] | undefined;
  /** The folders of the runs, if the evaluation is not in the folder of its only run. */
  readonly runs?: readonly string[] | undefined;
  /** The number of images. */
  readonly images: number;
  /** The mean cross-entropy in nats. */
  readonly loss: number;
  /** The fraction of images whose class is the likeliest. */
  readonly top1: number;
  /** The fraction of images whose class is among the five likeliest. */
  readonly top5: number;
  /** The classes in the order of the net's outputs. */
  readonly classes: readonly ClassLabel[];
  /** `confusion[actual][predicted]` counts images. */
  readonly confusion: readonly (readonly number[])[];
  /** The results of each class, in the order of `classes`. */
  readonly per_class: readonly ClassResult[];
}

/** One entry of `mistakes/index.json`: a misclassified image, saved as a PNG file beside it. */
export interface Mistake extends Prediction {
  /** The name of the PNG in the folder `mistakes`. */
  readonly file: string;
}

const count = z.number().int().nonnegative();
const number = z.number();
const classLabel = z.object({ id: z.string(), name: z.string() });
const prediction = z.object({
  id: z.string(),
  actual: count,
  predicted: count,
  probabilities: z.array(number),
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
export const predictionSchema: z.ZodType<Prediction> = prediction;
export const mistakeSchema: z.ZodType<Mistake> = prediction.extend({ file: z.string() });
export const evaluationSchema: z.ZodType<Evaluation> = z.object({
  split: z.enum(["train", "validation"]),
  weights: z.enum(["best", "last"]),
  runs: z.array(z.string()).optional(),
  crops: z.enum(testCrops).optional(),
  scales: z.array(count).optional(),
  flip: z.boolean().optional(),
  images: count,
  loss: number,
  top1: number,
  top5: number,
  classes: z.array(classLabel),
  confusion: z.array(z.array(count)),
  per_class: z.array(classLabel.extend({
    correct: count,
    total: count,
    accuracy: number.nullable(),
    interval: z.tuple([number, number]),
  })),
});

/**
 * The epoch with the highest validation accuracy, the first of equal ones, counted from 1; without
 * validation images the last one, and 0 where there is none.
 */
export function bestEpochOf(history: readonly Pick<HistoryLine, "val_accuracy">[]): number {
  return history.reduce(
    (best, { val_accuracy: accuracy }, index) =>
      accuracy <= (history[best - 1]?.val_accuracy ?? -1) ? best : index + 1,
    0,
  );
}
