import { z } from "zod";

const text = z.string();
const whole = z.number().int();
const ClassLabel = z.object({ id: text, name: text });

/** `run.json`: every resolved setting of a run, what it ran on, and how it ended. */
export const RunRecord = z.object({
  name: text,
  created: text,
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  data: z.object({
    /** The data set's own name, and what the user called it by. */
    name: text,
    source: text,
    classes: z.array(ClassLabel),
    train: whole,
    validation: whole,
    fit: z.object({ mode: z.enum(["squash", "crop", "shortest"]), size: whole }),
    /** The training set's colours decide them: they travel with the weights. */
    normalisation: z.object({
      kind: z.enum(["rescale", "standardise", "subtract-mean"]),
      mean: z.tuple([z.number(), z.number(), z.number()]),
      deviation: z.tuple([z.number(), z.number(), z.number()]),
    }),
    broken: z.array(z.object({ path: text, reason: text })),
  }),
  /** The options of `buildVGG`. */
  model: z.looseObject({ configuration: text, inputSize: whole, classes: whole }),
  parameters: whole,
  recipe: z.looseObject({ name: text, epochs: whole, batchSize: whole }),
  /** Images computed at once; smaller than the batch where memory asks for it. */
  microBatch: whole,
  seed: whole,
  precision: z.enum(["float32"]),
  engine: z.object({ name: text, version: text, devices: z.array(text) }),
  versions: z.record(text, text),
  hardware: z.looseObject({}),
  warnings: z.array(text),
  result: z.object({
    epochs: whole,
    best_epoch: whole,
    best_val_accuracy: z.number(),
    seconds: z.number(),
    /** Why it ended before its last epoch, if it did. */
    stopped: text.optional(),
  }).optional(),
});
export type RunRecord = z.infer<typeof RunRecord>;
