/**
 * Up to so many classes, files and memory have a number for each class of an image, and for each pair of classes.
 * Of ten thousand classes these would be a gigabyte for ten thousand images, and another one for the pairs.
 */
export const mostListed = 2000;

/** Of more classes, as many probabilities of each image are kept: the largest ones, and that of its own class. */
export const mostKept = 100;

/** A number and its index. */
export type Entry = readonly [index: number, value: number];

/** A list that has only some numbers; the others are holes, which take no memory. */
export function sparseList(length: number, entries: Iterable<Entry>): number[] {
  const list: number[] = [];
  // A far index makes the engine keep the list as a table of its numbers.
  list[length - 1] = 0;
  delete list[length - 1];
  for (const [index, value] of entries) list[index] = value;
  return list;
}

/** Calls a function with each number of a list and its index, in order, but not with holes. */
export function forEachKnown(
  list: readonly number[],
  use: (value: number, index: number) => void,
): void {
  if (list.length <= mostListed) list.forEach(use);
  // Going over thousands of holes takes longer than finding the others.
  else for (const key of Object.keys(list)) use(list[Number(key)]!, Number(key));
}

/** The numbers of a list with their indices, without holes. */
export function entriesOf(list: readonly number[]): Entry[] {
  const entries: Entry[] = [];
  forEachKnown(list, (value, index) => entries.push([index, value]));
  return entries;
}

/** The sum of a list's numbers. */
export function sumOf(list: readonly number[]): number {
  let sum = 0;
  forEachKnown(list, (value) => sum += value);
  return sum;
}

/** The index of the largest number of a list; of equal ones the first. */
export function largestOf(list: readonly number[]): number {
  let [at, largest] = [0, -Infinity];
  forEachKnown(list, (value, index) => {
    if (value > largest) [at, largest] = [index, value];
  });
  return at;
}

/** A cell of a confusion matrix. */
export type Cell = readonly [actual: number, predicted: number, images: number];

/** The cells of a confusion matrix that count images, row by row. */
export function cellsOf(confusion: readonly (readonly number[])[]): Cell[] {
  const cells: Cell[] = [];
  for (const [actual, row] of confusion.entries()) {
    forEachKnown(row, (images, predicted) => {
      if (images > 0) cells.push([actual, predicted, images]);
    });
  }
  return cells;
}

/**
 * The largest of an image's probabilities, and that of its own class if that is known. What is no finite number
 * is kept as well, so that it is found.
 */
export function keptProbabilities(
  probabilities: Float64Array,
  actual: number | undefined,
): number[] {
  const kept = new Set(largest(probabilities));
  if (actual !== undefined) kept.add(actual);
  probabilities.forEach((value, label) => Number.isFinite(value) || kept.add(label));
  const labels = Uint32Array.from(kept).sort();
  return sparseList(
    probabilities.length,
    Array.from(labels, (label): Entry => [label, probabilities[label]!]),
  );
}

/** The indices of the largest values, largest first; of equal ones the first. */
function largest(values: Float64Array): number[] {
  const top: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (!Number.isFinite(value)) continue;
    let at = top.length;
    while (at > 0 && values[top[at - 1]!]! < value) at--;
    if (at === mostKept) continue;
    top.splice(at, 0, index);
    if (top.length > mostKept) top.pop();
  }
  return top;
}
