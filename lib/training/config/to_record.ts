import { join } from "@std/path";
import type { Engine } from "../../engine/use_engine.ts";
import { describeHardware } from "../../engine/hardware.ts";
import { tf } from "../../engine/tf.ts";
import { timeStamp } from "../../files/write.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import type { VGGOptions } from "../../vgg/options.ts";
import project from "../../../deno.json" with { type: "json" };
import type { DataSummary, TrainingPlan } from "../../distributed/share_plan.ts";
import type { Recipe } from "../recipes.ts";
import type { RunRecord } from "../../runs/run_record.ts";
import type { ResolvedSettings } from "./resolve_settings.ts";
import type { PreparedData, TrainingSetup } from "../setup.ts";

/** The first `run.json` of a run: all that was decided before the first step. */
export function toRunRecord(
  { data, model, start, recipe, microBatch, seed, precision }: TrainingPlan,
  setup: TrainingSetup,
  prepared: PreparedData,
  command: string | null = null,
): Omit<RunRecord, "name"> {
  const { dataset, network, engine, settings: { transfer } } = setup;
  const { train, validation, normalisation } = prepared;
  const { fit, ...source } = data;
  return {
    created: new Date().toISOString(),
    command,
    status: "running",
    data: {
      ...source,
      ...summarizeData(prepared),
      fit,
      normalisation: {
        kind: normalisation.kind,
        mean: [...normalisation.mean],
        deviation: [...normalisation.deviation],
      },
      broken: [...train.broken, ...validation.broken].map((file) => ({ ...file })),
    },
    model,
    ...(start ? { start } : {}),
    parameters: countVGG(network).parameters,
    recipe,
    microBatch,
    seed,
    precision,
    engine: { name: engine.name, version: engine.version, devices: [...engine.devices] },
    versions: {
      vgg: project.version,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      tfjs: tf.version.tfjs,
      [engine.name]: engine.version,
    },
    hardware: describeMachine(engine),
    warnings: [...dataset.warnings, ...(transfer?.assumption ? [transfer.assumption] : [])],
  };
}

/** This machine, and how many workers there are. */
export function describeMachine({ cluster }: Pick<Engine, "cluster">): RunRecord["hardware"] {
  return { ...describeHardware(), ...(cluster ? { workers: cluster.size } : {}) };
}

/** What the images of a run are. */
export function summarizeData({ train, validation }: PreparedData): DataSummary {
  return {
    train: train.length,
    validation: validation.length,
    digests: { train: train.digest, validation: validation.digest },
  };
}

/** The part of a run's record that decides its outcome, but for the data. */
export function describeSettings(
  { name, recipe, network }: ResolvedSettings,
  seed: number,
): Pick<RunRecord, "model" | "recipe" | "seed"> {
  return {
    model: { ...network, ...writable(network), seed, activation: "linear" },
    recipe: recipe.linearProbe
      ? classifierSettings(name, recipe)
      : recipeSettings(name, recipe, network.inputSize),
    seed,
  };
}

function recipeSettings(
  name: string,
  { about: _, network: __, augmentation, ...numbers }: Recipe,
  size: number,
): RunRecord["recipe"] {
  return { name, ...numbers, augmentation: augmentation(size) };
}

/** Those of a recipe's settings that count where there are no steps. */
function classifierSettings(
  name: string,
  {
    epochs,
    passesPerEpoch: passes,
    batchSize,
    weightDecay,
    labelSmoothing,
    flipAtTest,
    fit,
    normalisation,
  }: Recipe,
): RunRecord["recipe"] {
  const solver = { epochs, passes, batchSize, weightDecay, labelSmoothing };
  return { name, ...solver, flipAtTest, fit, normalisation };
}

/** An initial network is no text; its name stands for it. */
export function writable({ initializer }: VGGOptions): { readonly initializer?: unknown } {
  if (typeof initializer !== "object") return {};
  return { initializer: { ...initializer, from: initializer.from.name } };
}

/** `runs/drawn10-D-bn-20261124-231500`, by what is trained and when. */
export function defaultDirectory(dataset: string, { network }: ResolvedSettings): string {
  return newDirectory(dataset, network.configuration, ...(network.batchNorm ? ["bn"] : []));
}

/** A folder in `runs/` that is named by a data set, what else tells the run, and the time. */
export function newDirectory(dataset: string, ...others: readonly string[]): string {
  const safe = dataset.replace(/[^\w.-]+/g, "-").toLowerCase();
  return join("runs", [safe, ...others, timeStamp()].join("-"));
}
