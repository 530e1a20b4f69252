import { basename, join } from "@std/path";
import { z } from "zod";
import { type Bundle, displaySymbol } from "../display/bundle.ts";
import { replaceFile } from "../files/replace_file.ts";
import { runBundle } from "./run_bundle.ts";
import {
  type Evaluation,
  evaluationSchema,
  type HistoryLine,
  historyLineSchema,
  type Mistake,
  mistakeSchema,
  type Prediction,
  predictionSchema,
} from "./run_files.ts";
import { type RunRecord, runRecordSchema } from "./run_record.ts";

/** A run folder is missing, damaged, or in the way. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** The files of a run, relative to its folder. */
export const runFiles = {
  record: "run.json",
  history: "history.jsonl",
  best: "weights/best.safetensors",
  last: "weights/last/model.safetensors",
  predictions: "predictions.jsonl",
  evaluation: "evaluation.json",
  mistakes: "mistakes/index.json",
} as const;

/** A run's folder: training writes it, and everything after training reads only it. */
export class Run {
  readonly directory: string;
  #record: RunRecord;

  private constructor(directory: string, record: RunRecord) {
    this.directory = directory;
    this.#record = record;
  }

  /** @throws {RunError} Where a run cannot be put: a file, or a folder that is not empty. */
  static async requireFree(directory: string): Promise<void> {
    try {
      for await (const _ of Deno.readDir(directory)) {
        throw new RunError(
          `a run needs a folder that is new or empty. Received: ${directory}, which is neither`,
        );
      }
    } catch (error) {
      if (error instanceof Deno.errors.NotADirectory) {
        throw new RunError(`a run is a folder. Received: the file ${directory}`);
      }
      ignoreMissing(error);
    }
  }

  /**
   * Starts a run in a new folder.
   *
   * @throws {RunError} Where the folder is not free.
   */
  static async create(directory: string, record: Omit<RunRecord, "name">): Promise<Run> {
    await Run.requireFree(directory);
    const run = new Run(directory, { name: basename(directory), ...record });
    await run.update({});
    await replaceFile(run.path("history"), "");
    return run;
  }

  /** @throws {RunError} Where there is no run in the folder, or its record is damaged. */
  static async open(directory: string): Promise<Run> {
    const path = join(directory, runFiles.record);
    return new Run(directory, await readJson(path, runRecordSchema));
  }

  get record(): RunRecord {
    return this.#record;
  }

  path(file: keyof typeof runFiles): string {
    return join(this.directory, runFiles[file]);
  }

  /** @throws {RunError} Where no epoch left such weights. */
  async requireWeights(which: "best" | "last"): Promise<void> {
    const found = await Deno.stat(this.path(which)).then(({ isFile }) => isFile, () => false);
    if (!found) {
      throw new RunError(`there is no ${this.path(which)}: no epoch of this run was finished`);
    }
  }

  /** Changes fields of `run.json`. */
  async update(changes: Partial<RunRecord>): Promise<void> {
    this.#record = { ...this.#record, ...changes };
    await replaceFile(this.path("record"), toJson(this.#record));
  }

  async writeHistory(lines: readonly HistoryLine[]): Promise<void> {
    await replaceFile(this.path("history"), toJsonLines(lines));
  }

  history(): Promise<HistoryLine[]> {
    return readJsonLines(this.path("history"), historyLineSchema);
  }

  async writePredictions(predictions: readonly Prediction[]): Promise<void> {
    await replaceFile(this.path("predictions"), toJsonLines(predictions));
  }

  predictions(): Promise<Prediction[]> {
    return readJsonLines(this.path("predictions"), predictionSchema);
  }

  async writeEvaluation(evaluation: Evaluation): Promise<void> {
    await replaceFile(this.path("evaluation"), toJson(evaluation));
  }

  evaluation(): Promise<Evaluation> {
    return readJson(this.path("evaluation"), evaluationSchema);
  }

  /** Replaces the kept pictures of mistakes; `pictures` are PNG files, one a mistake. */
  async writeMistakes(
    mistakes: readonly Mistake[],
    pictures: readonly Uint8Array[],
  ): Promise<void> {
    const folder = join(this.directory, "mistakes");
    await Deno.remove(folder, { recursive: true }).catch(ignoreMissing);
    for (const [index, { file }] of mistakes.entries()) {
      await replaceFile(join(folder, file), pictures[index]!);
    }
    await replaceFile(this.path("mistakes"), toJson(mistakes));
  }

  /** Shows the run as the last value of a notebook's cell. */
  [displaySymbol](): Bundle {
    return runBundle(this);
  }

  mistakes(): Promise<Mistake[]> {
    return readJson(this.path("mistakes"), z.array(mistakeSchema));
  }
}

/** Opens the run in a folder. See {@linkcode Run.open}. */
export function openRun(directory: string): Promise<Run> {
  return Run.open(directory);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2) + "\n";
}

function toJsonLines(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value) + "\n").join("");
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  return parse(await readText(path), schema, path);
}

async function readJsonLines<T>(path: string, schema: z.ZodType<T>): Promise<T[]> {
  const lines = (await readText(path)).split("\n").filter((line) => line !== "");
  return lines.map((line, index) => parse(line, schema, `${path}, line ${index + 1}`));
}

function parse<T>(text: string, schema: z.ZodType<T>, where: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new RunError(`${where} is damaged: ${(error as Error).message}`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new RunError(`${where} is damaged: ${issue.path.join(".")}: ${issue.message}`);
}

async function readText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new RunError(
      `there is no ${path}; ${makers[basename(path)] ?? "is this a run's folder?"}`,
    );
  }
}

/** What makes a file that is missing. */
const makers: Readonly<Record<string, string>> = {
  "run.json": "a run's folder is made by: deno task train --run DIR",
  "evaluation.json": "it is made by: deno task evaluate --run DIR",
  "predictions.jsonl": "it is made by: deno task evaluate --run DIR",
  "index.json": "it is made by: deno task evaluate --run DIR",
};

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
