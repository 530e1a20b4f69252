import { calibrationBin } from "../../evaluation/metrics/calibration.ts";
import type { Prediction } from "../../runs/schemas.ts";

/** Which predictions of a report have pictures beside those of its galleries. */
export const pictureChoices = ["all", "mistakes", "none"] as const;
/** One of {@linkcode pictureChoices}. */
export type PictureChoice = typeof pictureChoices[number];

/** The most pictures of a cell of the confusion matrix, and of a bin of the calibration. */
export const maxOfGroup = 20;

/** The probability of the predicted class. */
export function confidenceOf({ predicted, probabilities }: Prediction): number {
  return probabilities[predicted] ?? 0;
}

/**
 * Orders the predictions that have pictures: one of each cell of mistakes, a second one of each and so on,
 * then those of the bins, then those of the cells on the diagonal; of a group the most confident first.
 *
 * @returns Indices of predictions, each once.
 */
export function choosePictures(
  predictions: readonly Prediction[],
  choice: PictureChoice,
): number[] {
  if (choice === "none") return [];
  const ranked = Array.from(predictions, (prediction, at) => ({ prediction, at }))
    .sort((one, other) => confidenceOf(other.prediction) - confidenceOf(one.prediction));
  const isWrong = ({ prediction: { actual, predicted } }: Ranked): boolean => actual !== predicted;
  const cellOf = ({ prediction: { actual, predicted } }: Ranked): string =>
    `${actual},${predicted}`;
  const binOf = ({ prediction }: Ranked): string =>
    String(calibrationBin(confidenceOf(prediction)));
  const wrong = inTurn(ranked.filter(isWrong), cellOf);
  if (choice === "mistakes") return wrong;
  const right = inTurn(ranked.filter((each) => !isWrong(each)), cellOf);
  return [...new Set([...wrong, ...inTurn(ranked, binOf), ...right])];
}

interface Ranked {
  readonly prediction: Prediction;
  readonly at: number;
}

/** The first ones of all groups, then the second ones, and so on. */
function inTurn(ranked: readonly Ranked[], groupOf: (each: Ranked) => string): number[] {
  const groups = [...Map.groupBy(ranked, groupOf).values()];
  return Array.from(
    { length: maxOfGroup },
    (_, turn) => groups.flatMap((group) => group[turn] ?? []),
  )
    .flat().map(({ at }) => at);
}
