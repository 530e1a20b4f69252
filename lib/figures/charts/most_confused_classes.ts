/**
 * Finds the classes with the most mistakes, counted both as actual and as predicted class.
 *
 * @param confusion `confusion[actual][predicted]` counts images.
 * @returns At most `count` class indices in ascending order.
 */
export function mostConfusedClasses(
  confusion: readonly (readonly number[])[],
  count: number,
): number[] {
  const mistakes = confusion.map(() => 0);
  for (const [actual, row] of confusion.entries()) {
    for (const [predicted, images] of row.entries()) {
      if (actual === predicted) continue;
      mistakes[actual]! += images;
      mistakes[predicted]! += images;
    }
  }
  return mistakes
    .map((_, index) => index)
    .sort((a, b) => mistakes[b]! - mistakes[a]!)
    .slice(0, count)
    .sort((a, b) => a - b);
}
