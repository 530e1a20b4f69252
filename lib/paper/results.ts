import { join } from "@std/path";
import { z } from "zod";
import { replaceFile } from "../files/replace_file.ts";
import { toJson } from "../files/write.ts";
import type { ConfigurationName } from "../vgg/configurations.ts";
import { configurations } from "../vgg/configurations.ts";
import type { PublishedErrors, TrainSide } from "./published.ts";

/** A line of the miniature's tables: a test of a run, beside the paper's. Errors are in percent. */
export interface TestResult extends Pick<PublishedErrors, "table" | "net" | "train" | "test"> {
  /** The name of the run. */
  readonly run: string;
  /** When the run was created, in ISO 8601. */
  readonly created: string;
  /** The number of test images. */
  readonly images: number;
  /** The top-1 error. */
  readonly top1: number;
  /** The top-5 error, which is always 0 with five classes or fewer. */
  readonly top5: number;
  /** The number of classes; absent in early files. */
  readonly classes?: number | undefined;
  /** Wilson's 95 % confidence interval of the top-1 error. */
  readonly interval: readonly [number, number];
  /** The errors that the paper reports. */
  readonly paper: { readonly top1: number; readonly top5: number };
}

const names = Object.keys(configurations) as [ConfigurationName, ...ConfigurationName[]];
const number = z.number();

const resultsSchema: z.ZodType<TestResult[]> = z.array(z.object({
  table: z.union([z.literal(3), z.literal(4)]),
  net: z.enum(names),
  train: z.union([z.tuple([number]), z.tuple([number, number])]) as z.ZodType<TrainSide>,
  test: z.array(number),
  run: z.string(),
  created: z.string(),
  images: number,
  top1: number,
  top5: number,
  classes: number.optional(),
  interval: z.tuple([number, number]),
  paper: z.object({ top1: number, top5: number }),
}));

const file = "results.json";

/** Reads the results in the folder of an experiment; none if they are missing or malformed. */
export async function readResults(folder: string): Promise<TestResult[]> {
  const text = await Deno.readTextFile(join(folder, file)).catch(() => "[]");
  try {
    return resultsSchema.parse(JSON.parse(text));
  } catch {
    return []; // The tests run again, which takes seconds.
  }
}

/** Writes the results so far into the folder of an experiment. */
export async function writePaperResults(
  folder: string,
  results: readonly TestResult[],
): Promise<void> {
  await replaceFile(join(folder, file), toJson(results));
}

/** Whether a result belongs to a line of the paper's tables. */
export function matchesLine(result: TestResult, line: PublishedErrors): boolean {
  return result.table === line.table && result.net === line.net &&
    result.train.join() === line.train.join();
}
