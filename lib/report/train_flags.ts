import { z } from "zod";
import type { RunRecord } from "../runs/run_record.ts";
import type { TrainSettings } from "../training/config/settings.ts";

/** A flag of `train` with its value, and what it asks for. */
export interface Flag {
  readonly words: readonly string[];
  readonly asks: TrainSettings;
}

const number = z.number().optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const word = z.string().optional().catch(undefined);

/** What flags can say of a network. */
const networkSchema = z.object({
  configuration: word,
  batchNorm: flag,
  width: number,
  inputSize: number,
  head: word,
  dropout: number,
  initializer: word,
});

/** What they can say of a recipe. */
const recipeSchema = z.object({
  name: word,
  epochs: number,
  batchSize: number,
  clipNorm: number,
  earlyStopping: number,
  schedule: z.object({ peak: number, rate: number, patience: number }).catch({}),
  weightDecay: z.object({ value: number }).catch({}),
  augmentation: z.object({
    shortestSide: z.tuple([z.number(), z.number()]).optional().catch(undefined),
  }).catch({}),
});

/** Every flag that `train` has for a value of a run's network or recipe. */
export function trainFlags({ model, recipe }: RunRecord): Flag[] {
  const network = networkSchema.parse(model);
  const { schedule, weightDecay, augmentation, ...own } = recipeSchema.parse(recipe);
  const [lowest, highest] = augmentation.shortestSide ?? [];
  const scale = lowest === highest ? lowest : [lowest, highest];
  const asked: [string, unknown, (value: unknown) => unknown][] = [
    ["recipe", own.name, (recipe) => ({ recipe })],
    ["model", network.configuration, ofNetwork("configuration")],
    ["batch-norm", network.batchNorm, ofNetwork("batchNorm")],
    ["width", network.width, ofNetwork("width")],
    ["size", network.inputSize, ofNetwork("inputSize")],
    ["head", network.head, ofNetwork("head")],
    ["dropout", network.dropout, ofNetwork("dropout")],
    ["initializer", network.initializer, ofNetwork("initializer")],
    ["epochs", own.epochs, ofRecipe("epochs")],
    ["batch", own.batchSize, ofRecipe("batchSize")],
    ["learning-rate", schedule.peak ?? schedule.rate, (learningRate) => ({ learningRate })],
    ["patience", schedule.patience, ofRecipe("patience")],
    ["scale", scale, (scale) => ({ scale })],
    ["weight-decay", weightDecay.value, ofNetwork("weightDecay")],
    ["clip-norm", own.clipNorm, ofRecipe("clipNorm")],
    ["early-stopping", own.earlyStopping, ofRecipe("earlyStopping")],
  ];
  // What comes from a file is checked where settings are resolved: no value here needs to be allowed.
  return asked.filter(([, value]) => value !== undefined).map(([name, value, ask]) => ({
    words: wordsOf(name, value),
    asks: ask(value) as TrainSettings,
  }));
}

function ofNetwork(name: string): (value: unknown) => unknown {
  return (value) => ({ network: { [name]: value } });
}

function ofRecipe(name: string): (value: unknown) => unknown {
  return (value) => ({ changes: { [name]: value } });
}

function wordsOf(name: string, value: unknown): string[] {
  if (value === true) return [`--${name}`];
  return value === false ? [`--no-${name}`] : [`--${name}`, String(value)];
}
