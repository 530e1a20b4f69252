import { join } from "@std/path";
import { isFile } from "../data/sources/folders.ts";
import { showAs } from "../display/bundle.ts";
import { type LockOptions, takeLock } from "../files/file_lock.ts";
import { makeFolder } from "../files/make_folder.ts";
import { listDir } from "../files/read.ts";
import { maxFileBytes } from "../files/read_limited.ts";
import { removeTemporaries, replaceFile } from "../files/replace_file.ts";
import { sha256Of } from "../files/sha256_of.ts";
import { jsonLineParts, mapWriteErrors, toJson } from "../files/write.ts";
import { evaluationBundle } from "./display/evaluation.ts";
import { readJson, readJsonLines, RunError } from "./json_files.ts";
import { packEvaluation, packPrediction } from "./packed.ts";
import {
  strictEvaluationSchema,
  strictMistakesSchema,
  strictPredictionSchema,
} from "./result_schemas.ts";
import {
  type Evaluation,
  evaluationSchema,
  type Mistake,
  type Prediction,
  resultName,
} from "./schemas.ts";
import { withSeal } from "./seal.ts";
import { commandPrefix } from "../command_line.ts";

/** A file of an evaluation. */
export type ResultFileName = "predictions" | "evaluation" | "mistakes";

/** The files of an evaluation, relative to its folder. */
export const resultFiles = {
  predictions: "predictions.jsonl",
  evaluation: "evaluation.json",
  mistakes: "mistakes/index.json",
} as const satisfies Readonly<Record<ResultFileName, string>>;

const mistakesFolder = "mistakes";

/** The lock of {@linkcode Results.lockResults}; training, during which a run can be evaluated, has its own. */
export const resultsLock = ".evaluate.lock";

async function removeIfThere(folder: string): Promise<void> {
  try {
    await Deno.remove(folder, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Returns nothing if there is no such file. */
async function sha256(path: string): Promise<string | undefined> {
  return await isFile(path) ? await sha256Of(path) : undefined;
}

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
    await replaceFile(this.path("predictions"), jsonLineParts(predictions, packPrediction));
  }

  /**
   * Reads the predictions, one for each image, in the order of the split.
   *
   * @throws {RunError} If `predictions.jsonl` is missing, damaged or of another evaluation.
   */
  async predictions(): Promise<Prediction[]> {
    const predictions = await readJsonLines(
      this.path("predictions"),
      strictPredictionSchema,
      maxFileBytes.predictions,
    );
    await this.requireMatching(resultFiles.predictions);
    return predictions;
  }

  /** Replaces `evaluation.json`, the last file of an evaluation, which has the digests of the others. */
  async writeEvaluation(evaluation: Evaluation): Promise<void> {
    await replaceFile(this.path("evaluation"), toJson(withSeal(packEvaluation(evaluation))));
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
    const folder = join(this.directory, mistakesFolder);
    await mapWriteErrors(folder, () => removeIfThere(folder));
    for (const [index, { file }] of mistakes.entries()) {
      await replaceFile(join(folder, file), images[index]!);
    }
    await replaceFile(this.path("mistakes"), toJson(mistakes.map(packPrediction)));
  }

  /**
   * Reads the list of the saved misclassified images.
   *
   * @throws {RunError} If `mistakes/index.json` or an image is missing, damaged or of another evaluation.
   */
  async mistakes(): Promise<Mistake[]> {
    const mistakes = await readJson(
      this.path("mistakes"),
      strictMistakesSchema,
      maxFileBytes.lines,
    );
    await this.requireMatching(mistakesFolder);
    return mistakes;
  }

  /** The SHA-256 of the predictions and of each file in `mistakes/`, by name. */
  async digests(): Promise<Record<string, string>> {
    const mistakes = await listDir(join(this.directory, mistakesFolder));
    const names = [resultFiles.predictions, ...mistakes.map((name) => `${mistakesFolder}/${name}`)]
      .filter((name) => resultName.test(name)).sort();
    const digests: Record<string, string> = {};
    for (const name of names) digests[name] = await sha256(join(this.directory, name)) ?? "";
    return digests;
  }

  /**
   * Checks that files beside `evaluation.json` are those that were written with it. Evaluations of earlier
   * versions do not name them, and pass.
   *
   * @param prefix How the names of the files to check begin. By default all are checked.
   * @throws {RunError} If one is missing, damaged or of another evaluation.
   */
  async requireMatching(prefix = ""): Promise<void> {
    const path = this.path("evaluation");
    if (!await isFile(path)) return;
    const { files = {} } = await readJson(path, evaluationSchema, maxFileBytes.evaluation);
    for (const [name, digest] of Object.entries(files)) {
      if (!name.startsWith(prefix)) continue;
      const found = await sha256(join(this.directory, name));
      if (found === digest) continue;
      const what = found === undefined ? "is missing" : "is damaged or of another evaluation";
      throw new RunError(
        `${join(this.directory, name)} ${what}: it does not match ${path}; make them again with: ` +
          `${commandPrefix} evaluate --run DIR`,
      );
    }
  }

  /**
   * Waits until no other process writes results into the folder, and locks it until the lock is disposed
   * of.
   */
  async lockResults(options: LockOptions): Promise<Disposable> {
    return await mapWriteErrors(this.directory, async () => {
      await makeFolder(this.directory);
      const lock = await takeLock(join(this.directory, resultsLock), options);
      for (const file of [resultFiles.predictions, resultFiles.evaluation]) {
        await removeTemporaries(this.directory, file);
      }
      return lock;
    });
  }
}
