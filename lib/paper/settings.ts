import { join, resolve } from "@std/path";
import { z } from "zod";
import { datasetNames } from "../data/open_dataset.ts";
import { replaceFile } from "../files/replace_file.ts";
import { toJson } from "../files/write.ts";
import { RunError } from "../runs/run.ts";
import type { Distribution } from "../vgg/options.ts";

/** What every run of an experiment has in common. */
export interface ExperimentSettings {
  /** A data set's name, or a folder. */
  readonly data: string;
  /** The side of the networks' input in pixels. */
  readonly size: number;
  readonly width: number;
  /** Of a net's first training; those that go on at another scale take half as many. */
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
  /** How all weights of a net are drawn that starts from no other. */
  readonly initializer: Distribution;
  /** Whether B to E start from A's layers. */
  readonly shallow: boolean;
  /** How their other weights are drawn then. */
  readonly others: Distribution;
  /**
   * Limit of the gradients' norm, 0 for none as in the paper. Fresh layers between trained ones are a
   * shock, and a miniature has too few steps to recover from it.
   */
  readonly clipNorm: number;
}

/** Twelve runs in about twenty minutes on two cores, on drawn10. */
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

/** The epochs of a net that goes on at another scale. */
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
 * Makes a folder the experiment's, or sees that it is already, with just these settings.
 *
 * @throws {RunError} Where it holds an experiment with other settings, or something else.
 */
export async function claimFolder(folder: string, settings: ExperimentSettings): Promise<void> {
  const wanted = { ...settings, data: placeOf(settings.data) };
  const path = join(folder, file);
  const text = await readIfThere(path);
  if (text === undefined) {
    await requireEmpty(folder);
    return await replaceFile(path, toJson(wanted));
  }
  const held = parse(text, path);
  const differing = (Object.keys(wanted) as (keyof ExperimentSettings)[])
    .filter((key) => held[key] !== wanted[key])
    .map((key) => `${key} ${held[key]}, not ${wanted[key]}`);
  if (differing.length === 0) return;
  throw new RunError(
    `${folder} holds an experiment with other settings: ${differing.join("; ")}. ` +
      `Give another folder, or these settings`,
  );
}

function placeOf(data: string): string {
  return datasetNames.includes(data) ? data : resolve(data);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    if (!(error instanceof Deno.errors.NotADirectory)) throw error;
    throw new RunError(`an experiment needs a folder. Received a file on the way to ${path}`);
  }
}

async function requireEmpty(folder: string): Promise<void> {
  try {
    for await (const { name } of Deno.readDir(folder)) {
      throw new RunError(
        `an experiment needs a folder that is new, empty or its own. Received: ${folder}, with ${name}`,
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
    throw new RunError(`${path} is damaged; remove it with its folder, or give another folder`);
  }
}
