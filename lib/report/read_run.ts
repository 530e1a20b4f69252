import { basename, resolve } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { isFile } from "../data/sources/folders.ts";
import type { Results } from "../runs/results.ts";
import { openResults, Run, RunError } from "../runs/run.ts";
import type { RunRecord } from "../runs/run_record.ts";
import type { Evaluation, HistoryLine, Prediction } from "../runs/schemas.ts";

/** What a report shows of a run's training. */
export interface TrainingData {
  readonly record: RunRecord;
  readonly history: readonly HistoryLine[];
  /** The run's data set, if it can be found. */
  readonly dataset?: Dataset | undefined;
}

/** What a report shows of the evaluation of a run or of an ensemble. */
export interface EvaluationData {
  readonly results: Results;
  readonly evaluation: Evaluation;
  readonly predictions: readonly Prediction[];
}

/** Everything that a report reads from a folder, except images. */
export interface ReportedRun {
  readonly name: string;
  readonly directory: string;
  /** Absent for an ensemble's results. */
  readonly training?: TrainingData;
  /** Absent for a run without validation images. */
  readonly evaluated?: EvaluationData;
}

/**
 * Reads what a report shows of a run or of an ensemble's results.
 *
 * @throws {RunError} If a file is missing or damaged: the message names it and what makes it.
 */
export async function readReportedRun(directory: string): Promise<ReportedRun> {
  const opened = await openResults(directory);
  if (!(opened instanceof Run)) {
    const evaluated = await readEvaluated(opened);
    return { name: basename(resolve(directory)), directory, evaluated };
  }
  const { record } = opened;
  const history = await opened.history();
  if (history.length === 0) {
    throw new RunError(`${opened.path("history")} has no epoch: none of this run was finished`);
  }
  const { source, classes } = record.data;
  const dataset = await findDataset(source, classes.map(({ id }) => id));
  const isEvaluated = record.data.validation > 0 || await isFile(opened.path("evaluation"));
  return {
    name: record.name,
    directory,
    training: { record, history, dataset },
    ...(isEvaluated ? { evaluated: await readEvaluated(opened) } : {}),
  };
}

async function readEvaluated(results: Results): Promise<EvaluationData> {
  const evaluation = await results.evaluation();
  const predictions = await results.predictions();
  const path = results.path("predictions"), count = evaluation.classes.length;
  const stray = predictions.find(({ actual, predicted }) => Math.max(actual, predicted) >= count);
  if (stray) {
    throw new RunError(
      `${path} is damaged: the class of ${stray.id} is not among the evaluation's ${count}`,
    );
  }
  if (predictions.length === evaluation.images && predictions.length > 0) {
    return { results, evaluation, predictions };
  }
  throw new RunError(
    `${path} has ${predictions.length} predictions and the evaluation ${evaluation.images} images; ` +
      `both are made by: deno task evaluate --run DIR`,
  );
}

/** Returns `undefined` if the data set is gone. */
async function findDataset(
  source: string,
  classes: readonly string[],
): Promise<Dataset | undefined> {
  try {
    return await loadDataset(source, { classes });
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
