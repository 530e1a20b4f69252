import { join } from "@std/path";
import { z } from "zod";
import { replaceFile } from "../files/replace_file.ts";
import { toJson } from "../files/write.ts";
import type { ConfigurationName } from "../vgg/configurations.ts";
import { configurations } from "../vgg/configurations.ts";
import type { PublishedErrors, TrainSide } from "./published.ts";

/** One line of the miniature's tables: a test of a run, beside the paper's. Errors are in percent. */
export interface TestResult extends Pick<PublishedErrors, "table" | "net" | "train" | "test"> {
  /** The run's name, and when it was made. */
  readonly run: string;
  readonly created: string;
  readonly images: number;
  readonly top1: number;
  readonly top5: number;
  /** Wilson's 95 % confidence interval of the top-1 error. */
  readonly interval: readonly [number, number];
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
  interval: z.tuple([number, number]),
  paper: z.object({ top1: number, top5: number }),
}));

const file = "results.json";

/** The results in an experiment's folder; none where there are no well-formed ones. */
export async function readResults(folder: string): Promise<TestResult[]> {
  const text = await Deno.readTextFile(join(folder, file)).catch(() => "[]");
  try {
    return resultsSchema.parse(JSON.parse(text));
  } catch {
    return []; // Measured anew: that takes seconds.
  }
}

/** Writes the results of an experiment so far. */
export async function writePaperResults(
  folder: string,
  results: readonly TestResult[],
): Promise<void> {
  await replaceFile(join(folder, file), toJson(results));
}

/** Whether a result is that of a line of the paper's tables. */
export function isOf(result: TestResult, line: PublishedErrors): boolean {
  return result.table === line.table && result.net === line.net &&
    result.train.join() === line.train.join();
}
