import { z } from "zod";
import {
  classesSchema,
  currentKeys,
  currentName,
  fitSchema,
  normalizationSchema,
  sizeFault,
} from "../weights/net.ts";
import type { RunRecord } from "./run_record.ts";

const text = z.string();
const count = z.number().int().nonnegative();
const positive = count.min(1);

/** The schema of `run.json`, which readers check. */
export const runRecordSchema: z.ZodType<RunRecord> = z.object({
  name: text,
  created: text,
  command: text.nullish(),
  status: z.enum(["running", "finished", "interrupted", "failed"]),
  data: z.preprocess(
    currentKeys,
    z.object({
      name: text,
      source: text,
      classes: classesSchema,
      perClass: count.optional(),
      load: z.object({
        seed: z.number().optional(),
        validationFraction: z.number().optional(),
        labels: text.optional(),
        labelColumns: z.array(text).optional(),
        labelPattern: text.optional(),
      }).optional(),
      train: count,
      validation: count,
      test: count.optional(),
      digests: z.object({ train: text, validation: text }).optional(),
      streamed: z.object({ sample: z.number().int().min(1) }).optional(),
      fit: fitSchema,
      normalization: normalizationSchema,
      broken: z.array(z.object({ path: text, reason: text })),
      unused: z.array(z.object({
        reason: text,
        count,
        folders: z.literal(true).optional(),
        examples: z.array(text),
      })).optional(),
    }),
  ),
  model: z.looseObject({ configuration: text, inputSize: count, classes: count }),
  start: z.object({
    kind: z.enum(["shallow", "weights"]),
    from: text,
    layers: z.array(text),
    newLayers: z.array(text).optional(),
  }).optional(),
  parameters: count,
  recipe: z.preprocess(
    currentRecipe,
    z.looseObject({ name: text, epochs: positive, batchSize: positive }),
  ),
  microBatch: positive,
  seed: count,
  precision: z.enum(["float32", "bfloat16"]),
  engine: z.object({ name: text, version: text, devices: z.array(text) }),
  versions: z.record(text, text),
  hardware: z.looseObject({}),
  warnings: z.array(text),
  resumed: z.array(z.object({ at: text, epoch: count, step: count, epochs: count.optional() }))
    .optional(),
  result: z.object({
    epochs: count,
    best_epoch: count,
    best_val_accuracy: z.number().nullable(),
    best_sha256: text.optional(),
    seconds: z.number(),
    core_seconds: z.number().optional(),
    flops: z.number().optional(),
    data_wait: z.number().optional(),
    stopped: text.optional(),
  }).optional(),
}).superRefine(({ data: { classes, fit }, model }, context) => {
  const size = sizeFault(fit, model);
  if (size) context.addIssue({ code: "custom", path: ["data", "fit", "size"], message: size });
  if (classes.length !== model.classes) {
    context.addIssue({
      code: "custom",
      path: ["data", "classes"],
      message: `must be the net's ${model.classes} classes. Received: ${classes.length}`,
    });
  }
});

/** The names that only settings of recipes had in runs before 0.2. */
const OLD_SETTINGS: Readonly<Record<string, string>> = {
  passes: "passesPerEpoch",
  plainRate: "noBatchNormRateFactor",
  onFeatures: "linearProbe",
};

/** Renames the settings of a recorded recipe to their current names. */
function currentRecipe(recipe: unknown): unknown {
  if (typeof recipe !== "object" || recipe === null) return recipe;
  return Object.fromEntries(
    Object.entries(recipe).map(([name, value]) => [
      OLD_SETTINGS[name] ?? currentName(name),
      currentName(value),
    ]),
  );
}
