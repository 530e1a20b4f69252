import type { Prediction } from "../../runs/schemas.ts";
import type { EvaluationData, ReportedRun } from "../read_run.ts";

/** Two runs' predictions for one image. */
export interface PredictionPair {
  readonly first: Prediction;
  readonly other: Prediction;
}

/** The predictions of two runs for the same images, or why there are none. */
export type Pairing =
  | { readonly pairs: readonly PredictionPair[]; readonly reason?: undefined }
  | { readonly pairs?: undefined; readonly reason: string };

/**
 * Pairs the predictions of two runs that were evaluated on the same images: images with the same digest,
 * in order, or those of the same data set, by their ids.
 */
export function pairRuns(first: ReportedRun, other: ReportedRun): Pairing {
  const missing = [first, other].find(({ evaluated }) => !evaluated);
  if (missing) return { reason: `${missing.name} was not evaluated` };
  const [one, two] = [first.evaluated!, other.evaluated!];
  const pairs = hasSameDigest(one, two)
    ? inOrder(one, two)
    : sourceOf(first) === sourceOf(other)
    ? byId(one, two)
    : undefined;
  if (!pairs) return { reason: "they were evaluated on different images" };
  if (isSame(trainingFit(first), trainingFit(other)) && haveChanged(one, two)) {
    return { reason: "the images of the data set changed between the evaluations" };
  }
  const classOf = ({ evaluation }: EvaluationData, { actual }: Prediction): string =>
    evaluation.classes[actual]!.id;
  return pairs.every((pair) => classOf(one, pair.first) === classOf(two, pair.other))
    ? { pairs }
    : { reason: "some images belong to different classes in the two evaluations" };
}

function hasSameDigest(one: EvaluationData, two: EvaluationData): boolean {
  const digest = one.evaluation.data?.digest;
  return digest !== undefined && digest === two.evaluation.data?.digest;
}

function inOrder(one: EvaluationData, two: EvaluationData): PredictionPair[] | undefined {
  if (one.predictions.length !== two.predictions.length) return undefined;
  return one.predictions.map((first, index) => ({ first, other: two.predictions[index]! }));
}

/** Returns `undefined` unless each id is there once in both. */
function byId(one: EvaluationData, two: EvaluationData): PredictionPair[] | undefined {
  const others = new Map(two.predictions.map((prediction) => [prediction.id, prediction]));
  const ids = new Set(one.predictions.map(({ id }) => id));
  const counts = [ids.size, others.size, two.predictions.length];
  if (counts.some((count) => count !== one.predictions.length)) return undefined;
  const pairs = one.predictions.flatMap((first) => {
    const other = others.get(first.id);
    return other ? [{ first, other }] : [];
  });
  return pairs.length === one.predictions.length ? pairs : undefined;
}

/** The data set and its part. */
function sourceOf({ evaluated, training }: ReportedRun): string {
  const { data, split } = evaluated!.evaluation;
  return JSON.stringify([data?.source ?? training?.record.data.source, split]);
}

function trainingFit({ training }: ReportedRun): string | undefined {
  return training && JSON.stringify([training.record.data.fit, training.record.data.classes]);
}

function isSame(one: string | undefined, two: string | undefined): boolean {
  return one !== undefined && one === two;
}

/** Whether both have a digest of images decoded in the same way, and another one. */
function haveChanged(one: EvaluationData, two: EvaluationData): boolean {
  const digests = [one, two].map(({ evaluation }) => evaluation.data?.digest);
  return digests.every((digest) => digest !== undefined) && digests[0] !== digests[1];
}
