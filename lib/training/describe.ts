import { join } from "@std/path";
import { describeHardware } from "../engine/hardware.ts";
import { tf } from "../engine/tf.ts";
import { countVGG } from "../vgg/count.ts";
import project from "../../deno.json" with { type: "json" };
import type { RunRecord } from "./run_record.ts";
import type { ResolvedSettings } from "./settings.ts";
import type { Pictures, Workshop } from "./workshop.ts";

/** The first `run.json` of a run: all that was decided before the first step. */
export function describeRun(
  workshop: Workshop,
  pictures: Pictures,
  source: string,
): Omit<RunRecord, "name"> {
  const { dataset, settings, network, engine } = workshop;
  const { train, validation, normalisation } = pictures;
  const { about: _, augmentation: __, network: ___, ...recipe } = settings.recipe;
  return {
    created: new Date().toISOString(),
    status: "running",
    data: {
      name: dataset.name,
      source,
      classes: dataset.classes.map(({ id, name }) => ({ id, name })),
      train: train.length,
      validation: validation.length,
      fit: workshop.fit.validation,
      normalisation: {
        kind: normalisation.kind,
        mean: [...normalisation.mean],
        deviation: [...normalisation.deviation],
      },
      broken: [...train.broken, ...validation.broken].map((file) => ({ ...file })),
    },
    model: { ...network, ...settings.network, activation: "linear" },
    parameters: countVGG(network).parameters,
    recipe: { name: settings.name, ...recipe, augmentation: workshop.augmentation },
    microBatch: workshop.microBatch,
    seed: workshop.seed,
    precision: workshop.precision,
    engine: { name: engine.name, version: engine.version, devices: [...engine.devices] },
    versions: {
      vgg: project.version,
      deno: Deno.version.deno,
      v8: Deno.version.v8,
      tfjs: tf.version.tfjs,
      [engine.name]: engine.version,
    },
    hardware: { ...describeHardware() },
    warnings: [...dataset.warnings],
  };
}

/** `runs/drawn10-D-bn-20261124-231500`, by what is trained and when. */
export function defaultDirectory(dataset: string, { network }: ResolvedSettings): string {
  const time = new Date().toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
  const safe = dataset.replace(/[^\w.-]+/g, "-").toLowerCase();
  const parts = [safe, network.configuration, ...(network.batchNorm ? ["bn"] : []), time];
  return join("runs", parts.join("-"));
}
