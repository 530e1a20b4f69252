import { basename, resolve } from "@std/path";
import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../data/errors.ts";
import { openAnyDataset } from "../data/open_dataset.ts";
import { isFile } from "../data/sources/folders.ts";
import type { Results } from "../runs/results.ts";
import { openResults, Run, RunError } from "../runs/run.ts";
import { hasHeldOut, type RunRecord } from "../runs/run_record.ts";
import type { Evaluation, HistoryLine, Prediction } from "../runs/schemas.ts";
import { recordedLoad } from "../training/config/from_record.ts";
import { commandPrefix } from "../command_line.ts";

/** What a report shows of a run's training. */
export interface TrainingData {
  readonly record: RunRecord;
  readonly history: readonly HistoryLine[];
}

/** What a report shows of the evaluation of a run or of an ensemble. */
export interface EvaluationData {
  readonly results: Results;
  readonly evaluation: Evaluation;
  readonly predictions: readonly Prediction[];
  /** The data set that was evaluated, with the net's classes, if it can be found. */
  readonly dataset?: Dataset | undefined;
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
  const isEvaluated = hasHeldOut(record.data) || await isFile(opened.path("evaluation"));
  return {
    name: record.name,
    directory,
    training: { record, history },
    ...(isEvaluated ? { evaluated: await readEvaluated(opened, record) } : {}),
  };
}

async function readEvaluated(results: Results, record?: RunRecord): Promise<EvaluationData> {
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
    const dataset = await findDataset(evaluation, record);
    return { results, evaluation, predictions, dataset };
  }
  throw new RunError(
    `${path} has ${predictions.length} predictions and the evaluation ${evaluation.images} images; ` +
      `both are made by: ${commandPrefix} evaluate --run DIR`,
  );
}

/** Returns `undefined` if the data set is gone. */
async function findDataset(
  { data, classes }: Evaluation,
  record: RunRecord | undefined,
): Promise<Dataset | undefined> {
  const source = data?.source ?? record?.data.source;
  if (source === undefined) return undefined;
  const load = source === record?.data.source
    ? recordedLoad(record.data)
    : { classes: "all" } as const;
  try {
    return { ...await openAnyDataset(source, load), classes };
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
