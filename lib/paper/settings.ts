import { dirname, join, resolve } from "@std/path";
import { z } from "zod";
import { datasetNames } from "../data/open_dataset.ts";
import { folderError } from "../files/read.ts";
import { replaceFile } from "../files/replace_file.ts";
import { toJson } from "../files/write.ts";
import { RunError } from "../runs/run.ts";
import type { Distribution } from "../vgg/options.ts";

/** The settings that all runs of an experiment have in common. */
export interface ExperimentSettings {
  /** The name of a data set, or a folder of images. */
  readonly data: string;
  /** The side of the networks' input in pixels. */
  readonly size: number;
  /** The width of the networks as a fraction of the paper's. */
  readonly width: number;
  /** The epochs of a network's first training. Training at another scale takes half as many. */
  readonly epochs: number;
  /** The batch size. */
  readonly batch: number;
  /** The seed of the networks that start from random weights. */
  readonly seed: number;
  /** The distribution of all weights of a network that does not start from another one. */
  readonly initializer: Distribution;
  /** Whether B to E start from A's layers. */
  readonly shallow: boolean;
  /** The distribution of the other weights of B to E if `shallow`. */
  readonly others: Distribution;
  /**
   * The norm at which gradients are clipped; 0 turns it off, as in the paper. New random layers between
   * trained ones give large gradients at first, and a miniature has too few steps to recover from that.
   */
  readonly clipNorm: number;
}

/** The default settings: twelve runs on drawn10, which take about twenty minutes on two cores. */
export const defaultExperiment: ExperimentSettings = {
  data: "drawn10",
  size: 48,
  width: 0.25,
  epochs: 10,
  batch: 64,
  seed: 42,
  initializer: "glorot",
  shallow: true,
  others: "he",
  clipNorm: 1,
};

/** The epochs of a network that continues at another scale. */
export function furtherEpochs({ epochs }: ExperimentSettings): number {
  return Math.ceil(epochs / 2);
}

const file = "experiment.json";

const distribution = z.enum(["he", "glorot", "paper"]);
const settingsSchema: z.ZodType<ExperimentSettings> = z.object({
  data: z.string(),
  size: z.number(),
  width: z.number(),
  epochs: z.number(),
  batch: z.number(),
  seed: z.number(),
  initializer: distribution,
  shallow: z.boolean(),
  others: distribution,
  clipNorm: z.number(),
});

/**
 * Writes the settings into the folder of a new experiment, or checks that the folder has the same
 * settings already.
 *
 * @throws {RunError} If the folder holds an experiment with other settings, or something else.
 */
export async function claimFolder(folder: string, settings: ExperimentSettings): Promise<void> {
  const expected = { ...settings, data: resolveData(settings.data) };
  const path = join(folder, file);
  const text = await tryRead(path);
  if (text === undefined) {
    await requireEmpty(folder);
    return await replaceFile(path, toJson(expected));
  }
  const recorded = parse(text, path);
  const differing = (Object.keys(expected) as (keyof ExperimentSettings)[])
    .filter((key) => recorded[key] !== expected[key])
    .map((key) => `${key} ${recorded[key]}, not ${expected[key]}`);
  if (differing.length === 0) return;
  throw new RunError(
    `${folder} holds an experiment with other settings: ${differing.join("; ")}. ` +
      `Choose another folder, or use these settings`,
  );
}

function resolveData(data: string): string {
  return datasetNames.includes(data) ? data : resolve(data);
}

async function tryRead(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const known = await folderError(error, dirname(path));
    if (known instanceof Deno.errors.NotFound) return undefined;
    if (!(known instanceof Deno.errors.NotADirectory)) throw error;
    throw new RunError(`an experiment needs a folder. Received a file within the path ${path}`);
  }
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      throw new RunError(
        `an experiment needs a folder that is new, empty or its own. ` +
          `Received: ${folder}, with ${name}`,
      );
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function parse(text: string, path: string): ExperimentSettings {
  try {
    return settingsSchema.parse(JSON.parse(text));
  } catch {
    throw new RunError(`${path} is damaged; remove its folder or choose another one`);
  }
}
