import { z } from "zod";
import {
  type Evaluation,
  evaluationSchema,
  type Mistake,
  mistakeSchema,
  type Prediction,
  predictionSchema,
} from "./schemas.ts";

/** Predictions whose classes have probabilities. */
export const strictPredictionSchema: z.ZodType<Prediction> = predictionSchema.refine(
  hasClasses,
  "classes must have probabilities",
);

/** Mistakes whose images lie beside the list: elsewhere there is nothing that a report may show. */
export const strictMistakesSchema: z.ZodType<Mistake[]> = z.array(
  mistakeSchema.refine(hasClasses, "classes must have probabilities")
    .refine(({ file }) => /^[\w-]+\.png$/.test(file), "file must be the name of a PNG file"),
);

/** An evaluation in which all is of the same classes. */
export const strictEvaluationSchema: z.ZodType<Evaluation> = evaluationSchema.refine(
  ({ classes, confusion, per_class }) =>
    [confusion, per_class, ...confusion].every(({ length }) => length === classes.length),
  "classes, confusion and per_class must be of as many classes",
);

function hasClasses({ actual, predicted, probabilities }: Prediction): boolean {
  return Math.max(actual, predicted) < probabilities.length;
}
