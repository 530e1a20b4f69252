import { type Cell, cellsOf, entriesOf, type Entry, mostListed, sparseList } from "./sparse.ts";

/** What a file has instead of the probability of each of many classes. */
export interface PackedProbabilities {
  /** The number of classes. */
  readonly classes?: number | undefined;
  /** Labels and probabilities; of the classes that are not among them the probability is not known. */
  readonly likeliest?: readonly Entry[] | undefined;
}

/** What a file has instead of the whole confusion matrix of many classes. */
export interface PackedConfusion {
  /** The cells that are not 0: actual class, predicted class, images. */
  readonly confusion_counts?: readonly Cell[] | undefined;
}

/** A prediction as it is written: of many classes it has the known probabilities alone. */
export function packPrediction<T extends { readonly probabilities: readonly number[] }>(
  prediction: T,
): T & PackedProbabilities {
  const { length } = prediction.probabilities;
  if (length <= mostListed) return prediction;
  return {
    ...prediction,
    probabilities: [],
    ...{ classes: length, likeliest: entriesOf(prediction.probabilities) },
  };
}

/** The prediction that was packed. */
export function unpackPrediction<
  T extends { readonly probabilities: readonly number[] } & PackedProbabilities,
>(packed: T): Omit<T, keyof PackedProbabilities> {
  const { classes, likeliest, ...prediction } = packed;
  if (classes === undefined || likeliest === undefined) return prediction;
  return { ...prediction, probabilities: sparseList(classes, likeliest) };
}

/** An evaluation as it is written: of many classes it has the cells that are not 0 alone. */
export function packEvaluation<T extends { readonly confusion: readonly (readonly number[])[] }>(
  evaluation: T,
): T & PackedConfusion {
  const { confusion } = evaluation;
  if (confusion.length <= mostListed) return evaluation;
  return { ...evaluation, confusion: [], confusion_counts: cellsOf(confusion) };
}

/** The evaluation that was packed. */
export function unpackEvaluation<
  T extends
    & {
      readonly classes: readonly unknown[];
      readonly confusion: readonly (readonly number[])[];
    }
    & PackedConfusion,
>(packed: T): Omit<T, keyof PackedConfusion> {
  const { confusion_counts: cells, ...evaluation } = packed;
  if (cells === undefined) return evaluation;
  const { length } = evaluation.classes;
  const confusion = evaluation.classes.map(() => sparseList(length, []));
  for (const [actual, predicted, images] of cells) confusion[actual]![predicted] = images;
  return { ...evaluation, confusion };
}
