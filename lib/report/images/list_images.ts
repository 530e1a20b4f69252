import { deflateRawSync } from "node:zlib";
import { showControls } from "../../display/foreign_text.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { type Html, jsonForPage } from "../../display/markup.ts";
import { calibrationBin } from "../../evaluation/metrics/calibration.ts";
import { classScores } from "../../evaluation/metrics/class_scores.ts";
import { type Cell, cellsOf, entriesOf, mostKept, mostListed } from "../../runs/sparse.ts";
import type { Evaluation, Prediction } from "../../runs/schemas.ts";
import type { EvaluationData, ReportedRun } from "../read_run.ts";
import { confidenceOf } from "./choose_pictures.ts";
import type { LinkedRun } from "./links.ts";

/** The most predictions in a page, and the most probabilities if it has all of each prediction. */
const maxImages = 60_000, maxProbabilities = 100_000;
/** If it has not all of them, the page has so many of the largest. */
const top = 3;

/** A prediction as `browser/images.js` shows it. */
export interface PageImage {
  /** The index of the prediction in `predictions.jsonl`. */
  readonly at: number;
  readonly id: string;
  readonly actual: number;
  readonly predicted: number;
  /** The bin of its probability. */
  readonly bin: number;
  /** The probability of every class, or only the most probable classes with theirs. */
  readonly probabilities?: readonly number[];
  readonly likeliest?: readonly (readonly [label: number, probability: number])[];
  /** The index of its picture in the page. */
  picture?: number;
  state?: "changed" | "missing";
}

/** What a page tells of a run's images. */
export interface ListedRun extends LinkedRun {
  readonly name: string;
  readonly classes: readonly string[];
  readonly confusion: Evaluation["confusion"];
  /** Of many classes the cells that are not 0, in place of the matrix. */
  readonly cells?: readonly Cell[];
  /** Of each class, as in the table: counts, accuracy, its interval, precision and F1. */
  readonly scores: readonly (readonly (number | null)[])[];
  readonly images: readonly PageImage[];
  /** What is left out and what has changed, a sentence each. */
  readonly notes: string[];
}

/** Lists the predictions of all evaluated runs, without pictures. */
export function listRunImages(runs: readonly ReportedRun[]): ListedRun[] {
  const { length } = runs.filter(isEvaluated);
  return runs.flatMap((run, index) => {
    if (!isEvaluated(run)) return [];
    return { ...(runs.length > 1 ? { run: index + 1 } : {}), ...listRun(run, length) };
  });
}

/** A run with an evaluation. */
export type EvaluatedRun = ReportedRun & { readonly evaluated: EvaluationData };

/** Whether a run was evaluated. */
export function isEvaluated(run: ReportedRun): run is EvaluatedRun {
  return run.evaluated !== undefined;
}

function listRun(
  { name, evaluated: { evaluation, predictions } }: EvaluatedRun,
  runs: number,
): ListedRun {
  const { classes, per_class, confusion } = evaluation;
  const scores = classScores(confusion);
  const kept = keep(predictions, Math.floor(maxImages / runs));
  const hasAll = classes.length <= mostListed &&
    kept.length * classes.length <= maxProbabilities / runs;
  const all = predictions.length.toLocaleString("en-US");
  return {
    name: showControls(name),
    classes: labelClasses(classes).map(({ name }) => name),
    ...(classes.length > mostListed ? { confusion: [], cells: cellsOf(confusion) } : { confusion }),
    scores: per_class.map(({ correct, total, accuracy, interval }, label) => [
      ...[correct, total, accuracy],
      ...accuracy === null ? [null, null] : interval,
      ...[scores[label]?.precision ?? null, scores[label]?.f1 ?? null],
    ]),
    images: kept.map((at) => listImage(predictions[at]!, at, hasAll)),
    notes: [
      ...kept.length < predictions.length
        ? [
          `This page has ${
            kept.length.toLocaleString("en-US")
          } of ${all} predictions, mistakes first; predictions.jsonl has all.`,
        ]
        : [],
      ...hasAll ? [] : [
        `This page has the ${top} likeliest classes of each image; predictions.jsonl has the ` +
        (classes.length > mostListed ? `${mostKept} likeliest.` : "probabilities of all."),
      ],
    ],
  };
}

/** The indices of at most so many predictions, in order; mistakes first, if they are too many. */
function keep(predictions: readonly Prediction[], most: number): number[] {
  const all = [...predictions.keys()];
  if (all.length <= most) return all;
  const isRight = (at: number): number =>
    Number(predictions[at]!.actual === predictions[at]!.predicted);
  return all.toSorted((one, other) => isRight(one) - isRight(other)).slice(0, most)
    .sort((one, other) => one - other);
}

function listImage(prediction: Prediction, at: number, hasAll: boolean): PageImage {
  const { id, actual, predicted, probabilities } = prediction;
  return {
    ...{ at, id: showControls(id), actual, predicted },
    bin: calibrationBin(confidenceOf(prediction)),
    ...hasAll ? { probabilities } : {
      likeliest: entriesOf(probabilities)
        .sort(([, one], [, other]) => other - one).slice(0, top),
    },
  };
}

/** Writes the lists for the page's script: compressed, because ids and zeros repeat. */
export function imagesData(runs: readonly ListedRun[], pictures: readonly string[]): Html {
  const packed = deflateRawSync(new TextEncoder().encode(JSON.stringify(runs)));
  return jsonForPage({ packed: packed.toString("base64"), pictures });
}
