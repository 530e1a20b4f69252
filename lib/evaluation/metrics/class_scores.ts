import { cellsOf } from "../../runs/sparse.ts";

/** Scores of one class as fractions; `null` if there is no image to divide by. */
export interface ClassScore {
  /** The fraction of the class's images that were predicted as the class: its accuracy. */
  readonly recall: number | null;
  /** The fraction of the images predicted as the class that belong to it. */
  readonly precision: number | null;
  /** The harmonic mean of recall and precision. */
  readonly f1: number | null;
}

/**
 * Computes recall, precision and F1 of each class.
 *
 * @param confusion `confusion[actual][predicted]` counts images.
 * @returns A score for each class, in order.
 *
 * @example
 * ```ts
 * import { classScores } from "vgg";
 *
 * classScores([[8, 2], [0, 10]])[0]; // { recall: 0.8, precision: 1, f1: 0.888… }
 * ```
 */
export function classScores(confusion: readonly (readonly number[])[]): ClassScore[] {
  const [actual, predicted] = [confusion.map(() => 0), confusion.map(() => 0)];
  for (const [row, column, images] of cellsOf(confusion)) {
    actual[row]! += images;
    predicted[column]! += images;
  }
  return confusion.map((row, index) => {
    const correct = row[index] ?? 0;
    return {
      recall: fraction(correct, actual[index]!),
      precision: fraction(correct, predicted[index]!),
      f1: fraction(2 * correct, actual[index]! + predicted[index]!),
    };
  });
}

function fraction(part: number, total: number): number | null {
  return total === 0 ? null : part / total;
}
