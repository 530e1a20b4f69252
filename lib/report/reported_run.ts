import { basename, resolve } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { isFile } from "../data/sources/folders.ts";
import { loadDataset } from "../data/open_dataset.ts";
import { openResults } from "../runs/open_results.ts";
import type { Results } from "../runs/results.ts";
import { Run, RunError } from "../runs/run.ts";
import type { Evaluation, HistoryLine, Prediction } from "../runs/schemas.ts";
import type { RunRecord } from "../runs/run_record.ts";

/** What a report tells of a run's training. */
export interface Trained {
  readonly record: RunRecord;
  readonly history: readonly HistoryLine[];
  /** The run's data set, where it can be found. */
  readonly dataset?: Dataset | undefined;
  /** What its name or path alone gives: of other classes where the user chose some. */
  readonly whole?: Dataset | undefined;
}

/** What a report tells of how a run, or several together, were evaluated. */
export interface Evaluated {
  readonly results: Results;
  readonly evaluation: Evaluation;
  readonly predictions: readonly Prediction[];
}

/** All that a report reads of a folder, but for images. */
export interface ReportedRun {
  readonly name: string;
  readonly directory: string;
  /** Missing for an ensemble's results. */
  readonly trained?: Trained;
  /** Missing for a run without validation images. */
  readonly evaluated?: Evaluated;
}

/**
 * Reads what a report tells of a run or of an ensemble's results.
 *
 * @throws {RunError} Where a file is missing or damaged: it names the file and what makes it.
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
  const whole = dataset && await findDataset(source);
  const trained = { record, history, dataset, whole };
  const isEvaluated = record.data.validation > 0 || await isFile(opened.path("evaluation"));
  return {
    name: record.name,
    directory,
    trained,
    ...(isEvaluated ? { evaluated: await readEvaluated(opened) } : {}),
  };
}

async function readEvaluated(results: Results): Promise<Evaluated> {
  const evaluation = await results.evaluation();
  const predictions = await results.predictions();
  const classes = evaluation.classes.length;
  const stray = predictions.find(({ actual, predicted }) => Math.max(actual, predicted) >= classes);
  if (stray) {
    throw new RunError(
      `${
        results.path("predictions")
      } is damaged: ${stray.id} is of a class beyond the ${classes} of ` +
        `the evaluation`,
    );
  }
  if (predictions.length === evaluation.images && predictions.length > 0) {
    return { results, evaluation, predictions };
  }
  throw new RunError(
    `${results.path("predictions")} has ${predictions.length} predictions and the evaluation ` +
      `${evaluation.images} images; both are made by: deno task evaluate --run DIR`,
  );
}

/** A data set, with the classes it has by itself or with some; nothing where it is gone. */
async function findDataset(
  source: string,
  classes?: readonly string[],
): Promise<Dataset | undefined> {
  try {
    return await loadDataset(source, classes ? { classes } : {});
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
