import { z } from "zod";
import type { RunRecord } from "../runs/run_record.ts";
import { type ConfigurationName, configurations } from "../vgg/configurations.ts";
import type { VGGOptions } from "../vgg/options.ts";
import type { LearningCurvesOptions } from "./charts/learning_curves.ts";
import { commonName } from "./charts/network_drawing.ts";

const isConfiguration = (name: unknown): name is ConfigurationName =>
  typeof name === "string" && Object.hasOwn(configurations, name);

/** The part of a recorded network that figures show, with the defaults of `buildVGG`. */
const networkSchema = z.object({
  configuration: z.custom<ConfigurationName>(isConfiguration),
  inputSize: z.number(),
  classes: z.number(),
  batchNorm: z.boolean().default(false),
  width: z.number().default(1),
  head: z.enum(["4096-4096", "small"]).default("4096-4096"),
  convBias: z.boolean().default(true),
});

/** The network of a run, or `undefined` if it is not one of the paper's configurations. */
export function networkHeading({ model }: RunRecord): VGGOptions | undefined {
  return networkSchema.safeParse(model).data;
}

/** The epochs to mark in the learning curves: the best one, and the one that stopped training early. */
export function markedEpochs(
  { result }: RunRecord,
): Pick<LearningCurvesOptions, "bestEpoch" | "stop"> {
  return {
    ...(result && result.best_epoch > 0 ? { bestEpoch: result.best_epoch } : {}),
    ...(result?.stopped ? { stop: { epoch: result.epochs, label: result.stopped } } : {}),
  };
}

/** The network and data of a run in one line: `VGG16, 224 px, on imagenette160`. */
export function runHeading(record: RunRecord): string {
  const { configuration, inputSize, batchNorm, width } = record.model;
  const name = isConfiguration(configuration) ? commonName(configuration) : configuration;
  return [
    batchNorm === true ? `${name} with batch normalization` : name,
    ...(typeof width === "number" && width !== 1 ? [`width ${width}`] : []),
    `${inputSize} px`,
    `on ${record.data.name}`,
  ].join(", ");
}
