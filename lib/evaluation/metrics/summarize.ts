import type { ClassLabel } from "../../data/dataset.ts";
import { showAs } from "../../display/bundle.ts";
import { evaluationBundle } from "../../runs/display/evaluation.ts";
import type { Evaluation, Prediction } from "../../runs/schemas.ts";
import { crossEntropyOf } from "./cross_entropy.ts";
import { wilsonInterval } from "./wilson.ts";

/** What {@linkcode summarize} cannot read off the predictions. */
export type EvaluationContext = Pick<
  Evaluation,
  "split" | "weights" | "runs" | "crops" | "scales" | "flip"
>;

/** Loss, accuracies, confusion matrix and per-class accuracies of a set of predictions. */
export function summarize(
  predictions: readonly Prediction[],
  classes: readonly ClassLabel[],
  context: EvaluationContext,
): Evaluation {
  const confusion = confusionMatrix(predictions, classes.length);
  const share = (count: number): number => count / predictions.length;
  const loss = predictions.reduce((sum, prediction) => sum + crossEntropyOf(prediction), 0);
  return showAs({
    ...context,
    images: predictions.length,
    loss: loss / predictions.length,
    top1: share(predictions.filter(({ actual, predicted }) => actual === predicted).length),
    top5: share(predictions.filter((prediction) => isAmongBest(prediction, 5)).length),
    classes: classes.map(({ id, name }) => ({ id, name })),
    confusion,
    per_class: classes.map(({ id, name }, index) =>
      perClass({ id, name }, confusion[index]!, index)
    ),
  }, evaluationBundle);
}

/** `matrix[actual][predicted]`: how many images. */
export function confusionMatrix(
  predictions: readonly Pick<Prediction, "actual" | "predicted">[],
  classes: number,
): number[][] {
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const { actual, predicted } of predictions) matrix[actual]![predicted]! += 1;
  return matrix;
}

/** Two classes that are taken for each other. */
export interface ConfusedPair {
  readonly classes: readonly [number, number];
  /** Images of the first class taken for the second, and the other way round. */
  readonly counts: readonly [number, number];
}

/** The pairs of classes with the most mistakes between them, most first. */
export function mostConfused(confusion: readonly (readonly number[])[]): ConfusedPair[] {
  const pairs: ConfusedPair[] = [];
  for (let first = 0; first < confusion.length; first++) {
    for (let second = first + 1; second < confusion.length; second++) {
      const counts = [confusion[first]![second]!, confusion[second]![first]!] as const;
      if (counts[0] + counts[1] > 0) pairs.push({ classes: [first, second], counts });
    }
  }
  return pairs.sort((a, b) => b.counts[0] + b.counts[1] - a.counts[0] - a.counts[1]);
}

/** Whether the actual class is among the `count` likeliest. Ties count as worse. */
function isAmongBest({ actual, probabilities }: Prediction, count: number): boolean {
  const own = probabilities[actual] ?? 0;
  return probabilities.filter((other, index) => index !== actual && other >= own).length < count;
}

function perClass(
  label: ClassLabel,
  row: readonly number[],
  index: number,
): Evaluation["per_class"][number] {
  const correct = row[index]!;
  const total = row.reduce((a, b) => a + b, 0);
  const accuracy = total === 0 ? null : correct / total;
  return { ...label, correct, total, accuracy, interval: wilsonInterval(correct, total) };
}
