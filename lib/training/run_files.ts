import { z } from "zod";

/** One line of `history.jsonl`: what an epoch cost and gave. Accuracies are fractions. */
export const HistoryLine = z.object({
  epoch: z.number().int().positive(),
  loss: z.number(),
  accuracy: z.number(),
  val_loss: z.number(),
  val_accuracy: z.number(),
  lr: z.number(),
  seconds: z.number(),
  images_per_second: z.number(),
});
export type HistoryLine = z.infer<typeof HistoryLine>;

const Class = z.object({ id: z.string(), name: z.string() });

/** One line of `predictions.jsonl`; `actual` and `predicted` are class indices, `id` the sample's path. */
export const Prediction = z.object({
  id: z.string(),
  actual: z.number().int(),
  predicted: z.number().int(),
  probabilities: z.array(z.number()),
});
export type Prediction = z.infer<typeof Prediction>;

/** `evaluation.json`. `confusion[actual][predicted]` counts images; intervals are Wilson's at 95 %. */
export const Evaluation = z.object({
  split: z.enum(["train", "validation"]),
  weights: z.enum(["best", "last"]),
  images: z.number().int(),
  loss: z.number(),
  top1: z.number(),
  top5: z.number(),
  classes: z.array(Class),
  confusion: z.array(z.array(z.number().int())),
  per_class: z.array(Class.extend({
    correct: z.number().int(),
    total: z.number().int(),
    accuracy: z.number().nullable(),
    interval: z.tuple([z.number(), z.number()]),
  })),
});
export type Evaluation = z.infer<typeof Evaluation>;

/** One entry of `mistakes/index.json`: a misclassified image, kept as a PNG beside it. */
export const Mistake = Prediction.extend({ file: z.string() });
export type Mistake = z.infer<typeof Mistake>;
