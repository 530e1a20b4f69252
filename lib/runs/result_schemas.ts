import { z } from "zod";
import {
  type Evaluation,
  evaluationSchema,
  type Mistake,
  mistakeSchema,
  type Prediction,
  predictionSchema,
} from "./schemas.ts";

/** A prediction whose class indices are those of its probabilities. */
export const strictPredictionSchema: z.ZodType<Prediction> = predictionSchema.refine(
  hasClasses,
  "classes must have probabilities",
);

/** Mistakes whose images are in the same folder as the list: a report must not read any other file. */
export const strictMistakesSchema: z.ZodType<Mistake[]> = z.array(
  mistakeSchema.refine(hasClasses, "classes must have probabilities")
    .refine(({ file }) => /^[\w-]+\.png$/.test(file), "file must be the name of a PNG file"),
);

/** An evaluation whose parts have the same number of classes. */
export const strictEvaluationSchema: z.ZodType<Evaluation> = evaluationSchema.refine(
  ({ classes, confusion, per_class }) =>
    [confusion, per_class, ...confusion].every(({ length }) => length === classes.length),
  "classes, confusion and per_class must be of as many classes",
);

function hasClasses({ actual, predicted, probabilities }: Prediction): boolean {
  return Math.max(actual, predicted) < probabilities.length;
}
