import { existsSync } from "node:fs";
import { basename, join, resolve } from "@std/path";
import project from "../../../deno.json" with { type: "json" };
import { datasetNames } from "../../data/open_dataset.ts";
import { defined } from "../../defined.ts";
import { describeHardware } from "../../engine/hardware.ts";
import { tf } from "../../engine/tf.ts";
import type { Engine } from "../../engine/engine.ts";
import { timeStamp } from "../../files/write.ts";
import type { DataSummary, RunRecord, TrainingPlan } from "../../runs/run_record.ts";
import { countVGG } from "../../vgg/analysis/count.ts";
import type { PreparedData, TrainingSetup } from "../setup.ts";
import { recipeSettings } from "./recipe.ts";
import type { ResolvedSettings } from "./resolve_settings.ts";
import type { Setting } from "./setting.ts";
import { defaults, type TrainSettings } from "./settings.ts";

/** The plan of a new run. */
export function toPlan(
  { dataset, settings, seed, fit, microBatch, precision, streamed }: TrainingSetup,
  options: TrainSettings,
  start: RunRecord["start"],
): TrainingPlan {
  const normalization = settings.transfer?.normalization;
  return {
    data: {
      name: dataset.name,
      ...describeSource(options),
      classes: dataset.classes.map(({ id, name }) => ({ id, name })),
      fit: fit.validation,
      ...defined({ streamed, normalization }),
    },
    ...describeSettings(settings, seed),
    ...(start ? { start } : {}),
    microBatch,
    precision,
  };
}

/** The first `run.json` of a run: everything that was decided before the first step. */
export function toRunRecord(
  { data, model, start, recipe, microBatch, seed, precision }: TrainingPlan,
  setup: TrainingSetup,
  prepared: PreparedData,
  command: string | null = null,
): Omit<RunRecord, "name"> {
  const { dataset, network, engine, settings: { transfer } } = setup;
  const { train, validation, normalization } = prepared;
  const { fit, ...source } = data;
  return {
    created: new Date().toISOString(),
    command,
    status: "running",
    data: {
      ...source,
      ...summarizeData(prepared),
      ...(dataset.test ? { test: dataset.test.length } : {}),
      fit,
      normalization: {
        kind: normalization.kind,
        mean: [...normalization.mean],
        deviation: [...normalization.deviation],
      },
      broken: [...train.broken, ...validation.broken].map((file) => ({ ...file })),
      ...(dataset.unused ? { unused: dataset.unused.map((files) => ({ ...files })) } : {}),
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
    warnings: [
      ...dataset.warnings,
      ...train.warnings.map((line) => `training: ${line}`),
      ...validation.warnings.map((line) => `validation: ${line}`),
      ...(transfer?.remarks ?? []),
    ],
  };
}

/** This machine, and the number of workers. */
export function describeMachine({ cluster }: Pick<Engine, "cluster">): RunRecord["hardware"] {
  return { ...describeHardware(), ...(cluster ? { workers: cluster.size } : {}) };
}

/** What a record says of the decoded images. */
export function summarizeData({ train, validation }: PreparedData): DataSummary {
  return {
    train: train.length,
    validation: validation.length,
    digests: { train: train.digest, validation: validation.digest },
  };
}

/** Where the data comes from. Paths are absolute: a run may be used from another folder. */
export function describeSource(
  { data = defaults.data, load: { perClass, classes: _, root: __, ...load } = {} }: TrainSettings,
): Pick<RunRecord["data"], "source" | "perClass" | "load"> {
  const { labels } = load;
  // A file that is not found from here lies in the data set's folder.
  const path = labels === undefined
    ? {}
    : { labels: existsSync(labels) ? resolve(labels) : basename(labels) };
  const given = Object.values(load).some((value) => value !== undefined);
  return {
    source: datasetNames.includes(data) ? data : resolve(data),
    ...(perClass === undefined ? {} : { perClass }),
    ...(given ? { load: { ...load, ...path } } : {}),
  };
}

/** The part of a run's record that decides its outcome, except for the data. */
export function describeSettings(
  { name, recipe, network }: ResolvedSettings,
  seed: number,
): Pick<RunRecord, "model" | "recipe" | "seed"> {
  const { about: _, network: __, augmentation, ...settings } = recipe;
  const { initializer } = network;
  return {
    model: {
      ...network,
      // JSON cannot hold an initial network; its name stands for it.
      ...(typeof initializer === "object"
        ? { initializer: { ...initializer, from: initializer.from.name } }
        : {}),
      seed,
      activation: "linear",
    },
    recipe: {
      name,
      epochs: recipe.epochs,
      batchSize: recipe.batchSize,
      ...(recipe.linearProbe
        ? settingsOfProbe(settings)
        : { ...settings, augmentation: augmentation(network.inputSize) }),
    },
    seed,
  };
}

/** The settings that have an effect on a linear probe. */
function settingsOfProbe(settings: object): object {
  const known: Readonly<Record<string, Setting>> = recipeSettings;
  return Object.fromEntries(Object.entries(settings).filter(([name]) => known[name]?.probe));
}

/** `runs/drawn10-D-bn-20261124-231500`, by what is trained and when. */
export function defaultDirectory(dataset: string, { network }: ResolvedSettings): string {
  return newDirectory(dataset, network.configuration, ...(network.batchNorm ? ["bn"] : []));
}

/**
 * A new folder in `runs/`, named by the data set, other parts, and the time; within the same second, by a
 * number as well.
 */
export function newDirectory(dataset: string, ...others: readonly string[]): string {
  const safe = dataset.normalize().replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "-").toLowerCase();
  // The name of a folder may have 255 bytes.
  const short = [...safe].slice(0, 40).join("");
  const stem = join("runs", [short, ...others, timeStamp()].join("-"));
  for (let number = 1;; number++) {
    const folder = number === 1 ? stem : `${stem}-${number}`;
    if (!existsSync(folder)) return folder;
  }
}
