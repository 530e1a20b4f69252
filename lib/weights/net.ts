import { z } from "zod";
import type { Normalization } from "../data/augment/mod.ts";
import type { ClassLabel, Resize } from "../data/dataset.ts";
import type { Precision } from "../engine/compile.ts";
import type { tf } from "../engine/tf.ts";
import type { VGGOptions } from "../vgg/options.ts";
import { WeightsError } from "./errors.ts";

/** What prediction needs besides the weights: the network, its classes and its preprocessing. */
export interface NetDescription {
  /** The options of the network. */
  readonly network: VGGOptions & { inputSize: number; classes: number };
  /** The classes, in the order of the outputs. */
  readonly classes: readonly ClassLabel[];
  /** How images are resized for the network. */
  readonly fit: Resize;
  /** How pixels are normalized for the network. */
  readonly normalization: Normalization;
  /**
   * Whether the net's accuracy was measured with predictions averaged over each image and its mirror image.
   * Absent in older files and in those of other programs; then it counts as `false`.
   */
  readonly flipAtTest?: boolean;
  /**
   * The precision in which the net's accuracy was measured, if that is not `float32`. Predictions are
   * computed in it where the hardware can.
   */
  readonly precision?: Precision;
}

/** A network with its weights, ready to predict. The caller disposes `model`. */
export interface Net extends NetDescription {
  /** The network with its weights. */
  readonly model: tf.LayersModel;
}

/** Settings and their values in older files, and what they are called now. */
const oldNames: Readonly<Record<string, string>> = {
  squash: "stretch",
  shortest: "shortest-side",
  standardise: "standardize",
  normalisation: "normalization",
};

/** Returns the current name of a setting, or of a setting's value, in a file. */
export function currentName(name: unknown): unknown {
  return typeof name === "string" && Object.hasOwn(oldNames, name) ? oldNames[name] : name;
}

/** Renames an object's settings to their current names. Returns other values as they are. */
export function currentKeys(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, setting]) => [currentName(name), setting]),
  );
}

const text = z.string();
const whole = z.number().int().nonnegative();
const mean = z.number().min(-1e6).max(1e6);
/** Divided by a smaller one, pixels would become infinite. */
const deviation = z.number().refine((value) => Math.abs(value) >= 1e-6 && Math.abs(value) <= 1e6, {
  error: "must be from 1e-6 to 1e6, or the negative of one",
});

export const fitSchema: z.ZodType<Resize> = z.object({
  mode: z.preprocess(currentName, z.enum(["stretch", "crop", "shortest-side"])),
  size: whole.min(1),
  shortestSide: whole.optional(),
}).refine(({ size, shortestSide = size }) => shortestSide >= size, {
  path: ["shortestSide"],
  error: "must be at least size",
});

export const normalizationSchema: z.ZodType<Normalization> = z.object({
  kind: z.preprocess(currentName, z.enum(["rescale", "standardize", "subtract-mean"])),
  mean: z.tuple([mean, mean, mean]),
  deviation: z.tuple([deviation, deviation, deviation]),
});

export const classesSchema: z.ZodType<ClassLabel[]> = z.array(z.object({ id: text, name: text }));

const descriptionSchema = z.object({
  network: z.looseObject({ configuration: text, inputSize: whole, classes: whole }),
  classes: classesSchema,
  fit: fitSchema,
  normalization: normalizationSchema,
  flipAtTest: z.boolean().optional(),
  precision: z.enum(["float32", "bfloat16"]).optional(),
}).superRefine(({ fit, network }, context) => {
  const message = sizeFault(fit, network);
  if (message) context.addIssue({ code: "custom", path: ["fit", "size"], message });
});

/** Says what is wrong if images are resized to another size than that of the net's input. */
export function sizeFault(
  { size }: Resize,
  { inputSize }: { readonly inputSize: number },
): string | undefined {
  return size === inputSize
    ? undefined
    : `must be the net's inputSize ${inputSize}. Received: ${size}`;
}

/** The key in a weights file's metadata whose value is the description, as JSON. */
const key = "vgg";

/** Converts a description to the metadata of a weights file. */
export function toMetadata(description: NetDescription): Record<string, string> {
  return { [key]: JSON.stringify(description) };
}

/**
 * Reads the description from a weights file's metadata, if it has one.
 *
 * @throws {WeightsError} If it is malformed.
 */
export function fromMetadata(
  metadata: Readonly<Record<string, string>>,
): NetDescription | undefined {
  const json = metadata[key];
  if (json === undefined) return undefined;
  try {
    return descriptionSchema.parse(currentKeys(JSON.parse(json))) as NetDescription;
  } catch (error) {
    const what = error instanceof z.ZodError ? z.prettifyError(error) : "it is not JSON";
    throw new WeightsError(`the description of the net is malformed: ${what.replace(/\s+/g, " ")}`);
  }
}
