import type { ClassLabel } from "../../data/dataset.ts";
import { showAs } from "../../display/bundle.ts";
import { evaluationBundle } from "../../runs/display/evaluation.ts";
import type { Evaluation, Prediction } from "../../runs/schemas.ts";
import { cellsOf, forEachKnown, mostListed, sparseList, sumOf } from "../../runs/sparse.ts";
import { wilsonInterval } from "./wilson.ts";

/** The part of an evaluation that {@linkcode summarize} cannot compute from predictions. */
export type EvaluationContext = Pick<
  Evaluation,
  "split" | "data" | "weights" | "weights_file" | "runs" | "crops" | "scales" | "flip" | "files"
>;

/** The smallest probability whose logarithm is taken: the smallest normal float32. */
const minProbability = 1.1754943508222875e-38;

/** The cross-entropy loss of a prediction: -ln of the actual class's probability. */
export function crossEntropyOf({ actual, probabilities }: Prediction): number {
  return -Math.log(Math.max(minProbability, probabilities[actual] ?? 0));
}

/**
 * Computes loss, accuracies, confusion matrix and per-class accuracies of predictions.
 *
 * @param classes The classes that the predictions' indices refer to.
 */
export function summarize(
  predictions: readonly Prediction[],
  classes: readonly ClassLabel[],
  context: EvaluationContext,
): Evaluation {
  const confusion = confusionMatrix(predictions, classes.length);
  const fraction = (count: number): number => count / predictions.length;
  const loss = predictions.reduce((sum, prediction) => sum + crossEntropyOf(prediction), 0);
  return showAs({
    ...context,
    images: predictions.length,
    loss: loss / predictions.length,
    top1: fraction(predictions.filter(({ actual, predicted }) => actual === predicted).length),
    top5: fraction(predictions.filter((prediction) => isInTop(prediction, 5)).length),
    classes: classes.map(({ id, name }) => ({ id, name })),
    confusion,
    per_class: classes.map(({ id, name }, index) =>
      perClass({ id, name }, confusion[index]!, index)
    ),
  }, evaluationBundle);
}

/**
 * Counts predictions by actual and predicted class.
 *
 * @param classes How many classes there are.
 * @returns `matrix[actual][predicted]`, a number of images. Of more than 2,000 classes zeros are holes.
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "vgg";
 *
 * confusionMatrix([{ actual: 0, predicted: 1 }], 2); // [[0, 1], [0, 0]]
 * ```
 */
export function confusionMatrix(
  predictions: readonly Pick<Prediction, "actual" | "predicted">[],
  classes: number,
): number[][] {
  const matrix = Array.from(
    { length: classes },
    () => classes > mostListed ? sparseList(classes, []) : new Array<number>(classes).fill(0),
  );
  for (const { actual, predicted } of predictions) {
    const row = matrix[actual]!;
    row[predicted] = (row[predicted] ?? 0) + 1;
  }
  return matrix;
}

/**
 * Returns the index of the class that a net predicts for every image, if there are images of others:
 * such a net has learned nothing but which class is frequent.
 *
 * @param confusion See {@linkcode confusionMatrix}.
 */
export function onlyPrediction(confusion: Evaluation["confusion"]): number | undefined {
  const [actual, predicted] = [new Set<number>(), new Set<number>()];
  for (const [row, column] of cellsOf(confusion)) {
    actual.add(row);
    predicted.add(column);
  }
  return actual.size > 1 && predicted.size === 1 ? [...predicted][0] : undefined;
}

/** Two classes that are confused with each other. */
export interface ConfusedPair {
  /** The class indices. */
  readonly classes: readonly [number, number];
  /** Images of the first class predicted as the second, and of the second predicted as the first. */
  readonly counts: readonly [number, number];
}

/**
 * The pairs of classes with mistakes between them, those with the most mistakes first.
 *
 * @param confusion `confusion[actual][predicted]` counts images.
 *
 * @example
 * ```ts
 * import { mostConfused } from "vgg";
 *
 * mostConfused([[8, 2], [1, 9]]); // [{ classes: [0, 1], counts: [2, 1] }]
 * ```
 */
export function mostConfused(confusion: readonly (readonly number[])[]): ConfusedPair[] {
  const pairs = new Map<number, ConfusedPair>();
  for (const [actual, predicted] of cellsOf(confusion)) {
    if (actual === predicted) continue;
    const [first, second] = [Math.min(actual, predicted), Math.max(actual, predicted)];
    const counts = [confusion[first]![second] ?? 0, confusion[second]![first] ?? 0] as const;
    pairs.set(first * confusion.length + second, { classes: [first, second], counts });
  }
  return [...pairs].sort(([one, a], [other, b]) =>
    b.counts[0] + b.counts[1] - a.counts[0] - a.counts[1] || one - other
  ).map(([, pair]) => pair);
}

/** Whether the actual class is among the `count` most likely. A tie counts against it. */
function isInTop({ actual, probabilities }: Prediction, count: number): boolean {
  const likelihood = probabilities[actual] ?? 0;
  let better = 0;
  forEachKnown(probabilities, (other, label) => {
    if (label !== actual && other >= likelihood) better++;
  });
  return better < count;
}

function perClass(
  label: ClassLabel,
  row: readonly number[],
  index: number,
): Evaluation["per_class"][number] {
  const correct = row[index] ?? 0;
  const total = sumOf(row);
  const accuracy = total === 0 ? null : correct / total;
  return { ...label, correct, total, accuracy, interval: wilsonInterval(correct, total) };
}
