import { rm } from "node:fs/promises";
import { join } from "@std/path";
import { showAs } from "../display/bundle.ts";
import { evaluationBundle } from "./display/evaluation.ts";
import { replaceFile } from "../files/replace_file.ts";
import { toJson, toJsonLines } from "../files/write.ts";
import { readJson, readJsonLines } from "./json_files.ts";
import {
  strictEvaluationSchema,
  strictMistakesSchema,
  strictPredictionSchema,
} from "./result_schemas.ts";
import type { Evaluation, Mistake, Prediction } from "./schemas.ts";

/** The files of an evaluation, relative to its folder. */
export const resultFiles = {
  predictions: "predictions.jsonl",
  evaluation: "evaluation.json",
  mistakes: "mistakes/index.json",
} as const;

/** What an evaluation leaves in a folder: a run's own, or one for an ensemble of runs. */
export class Results {
  constructor(readonly directory: string) {}

  path(file: keyof typeof resultFiles): string {
    return join(this.directory, resultFiles[file]);
  }

  async writePredictions(predictions: readonly Prediction[]): Promise<void> {
    await replaceFile(this.path("predictions"), toJsonLines(predictions));
  }

  predictions(): Promise<Prediction[]> {
    return readJsonLines(this.path("predictions"), strictPredictionSchema);
  }

  async writeEvaluation(evaluation: Evaluation): Promise<void> {
    await replaceFile(this.path("evaluation"), toJson(evaluation));
  }

  async evaluation(): Promise<Evaluation> {
    return showAs(
      await readJson(this.path("evaluation"), strictEvaluationSchema),
      evaluationBundle,
    );
  }

  /** Replaces the kept images of mistakes; `images` are PNG files, one a mistake. */
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

  mistakes(): Promise<Mistake[]> {
    return readJson(this.path("mistakes"), strictMistakesSchema);
  }
}
