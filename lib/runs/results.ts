import { join } from "@std/path";
import { rm } from "node:fs/promises";
import { showAs } from "../display/bundle.ts";
import { maxFileBytes } from "../files/read_limited.ts";
import { replaceFile } from "../files/replace_file.ts";
import { toJson, toJsonLines } from "../files/write.ts";
import { evaluationBundle } from "./display/evaluation.ts";
import { readJson, readJsonLines } from "./json_files.ts";
import {
  strictEvaluationSchema,
  strictMistakesSchema,
  strictPredictionSchema,
} from "./result_schemas.ts";
import type { Evaluation, Mistake, Prediction } from "./schemas.ts";

/** A file of an evaluation. */
export type ResultFileName = "predictions" | "evaluation" | "mistakes";

/** The files of an evaluation, relative to its folder. */
export const resultFiles = {
  predictions: "predictions.jsonl",
  evaluation: "evaluation.json",
  mistakes: "mistakes/index.json",
} as const satisfies Readonly<Record<ResultFileName, string>>;

/** The files of an evaluation in a folder: the run's, or one for an ensemble of runs. */
export class Results {
  /** Takes the path of the folder. The constructor reads and writes nothing. */
  constructor(readonly directory: string) {}

  /** The path of a file, which may be missing. */
  path(file: ResultFileName): string {
    return join(this.directory, resultFiles[file]);
  }

  /** Replaces `predictions.jsonl`. */
  async writePredictions(predictions: readonly Prediction[]): Promise<void> {
    await replaceFile(this.path("predictions"), toJsonLines(predictions));
  }

  /**
   * Reads the predictions, one for each image, in the order of the split.
   *
   * @throws {RunError} If `predictions.jsonl` is missing or damaged.
   */
  predictions(): Promise<Prediction[]> {
    return readJsonLines(
      this.path("predictions"),
      strictPredictionSchema,
      maxFileBytes.predictions,
    );
  }

  /** Replaces `evaluation.json`. */
  async writeEvaluation(evaluation: Evaluation): Promise<void> {
    await replaceFile(this.path("evaluation"), toJson(evaluation));
  }

  /**
   * Reads the evaluation, which a notebook displays as a table.
   *
   * @throws {RunError} If `evaluation.json` is missing or damaged.
   */
  async evaluation(): Promise<Evaluation> {
    return showAs(
      await readJson(this.path("evaluation"), strictEvaluationSchema, maxFileBytes.evaluation),
      evaluationBundle,
    );
  }

  /** Replaces the saved images of mistakes; `images` are PNG files, one for each mistake. */
  async writeMistakes(
    mistakes: readonly Mistake[],
    images: readonly Uint8Array[],
  ): Promise<void> {
    const folder = join(this.directory, "mistakes");
    await rm(folder, { recursive: true, force: true });
    for (const [index, { file }] of mistakes.entries()) {
      await replaceFile(join(folder, file), images[index]!);
    }
    await replaceFile(this.path("mistakes"), toJson(mistakes));
  }

  /**
   * Reads the list of the saved misclassified images.
   *
   * @throws {RunError} If `mistakes/index.json` is missing or damaged.
   */
  mistakes(): Promise<Mistake[]> {
    return readJson(this.path("mistakes"), strictMistakesSchema, maxFileBytes.lines);
  }
}
