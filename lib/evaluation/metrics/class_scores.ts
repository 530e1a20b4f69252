/** How well a class is told from the others. A share of nothing is `null`. */
export interface ClassScore {
  /** Of the images of the class, the share that was taken for it: its accuracy. */
  readonly recall: number | null;
  /** Of the images that were taken for the class, the share that belongs to it. */
  readonly precision: number | null;
  /** The harmonic mean of both. */
  readonly f1: number | null;
}

/**
 * Recall, precision and F1 of each class.
 *
 * @param confusion `confusion[actual][predicted]` counts images.
 *
 * @example
 * ```ts
 * import { classScores } from "vgg";
 *
 * classScores([[8, 2], [0, 10]])[0]; // { recall: 0.8, precision: 1, f1: 0.888… }
 * ```
 */
export function classScores(confusion: readonly (readonly number[])[]): ClassScore[] {
  return confusion.map((row, index) => {
    const right = row[index] ?? 0;
    const actual = row.reduce((a, b) => a + b, 0);
    const predicted = confusion.reduce((sum, other) => sum + (other[index] ?? 0), 0);
    return {
      recall: share(right, actual),
      precision: share(right, predicted),
      f1: share(2 * right, actual + predicted),
    };
  });
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
