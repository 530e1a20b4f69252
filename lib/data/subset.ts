import type { Dataset, Split } from "./dataset.ts";
import { requirePositiveInteger } from "../checks.ts";

/** How many images of each class to take. */
export interface PerClass {
  readonly train: number;
  /** Default: all. */
  readonly validation?: number;
}

/**
 * A small part of a data set: the first images of each class, or all where there are fewer.
 *
 * @throws {RangeError} For counts that are not whole numbers above 0.
 *
 * @example
 * ```ts
 * import { loadDataset, subsetPerClass } from "vgg";
 *
 * const few = subsetPerClass(await loadDataset("drawn10"), { train: 5, validation: 2 });
 * few.train.length; // 50
 * ```
 */
export function subsetPerClass(dataset: Dataset, { train, validation }: PerClass): Dataset {
  requirePositiveInteger("train", train);
  if (validation !== undefined) requirePositiveInteger("validation", validation);
  return {
    ...dataset,
    train: takeOf(dataset.train, train),
    ...(validation === undefined ? {} : { validation: takeOf(dataset.validation, validation) }),
  };
}

function takeOf(split: Split, perClass: number): Split {
  const taken = new Map<number, number>();
  const kept: number[] = [];
  split.labels.forEach((label, index) => {
    const before = taken.get(label) ?? 0;
    if (before < perClass) kept.push(index);
    taken.set(label, before + 1);
  });
  return subset(split, kept);
}

/** The samples of a split at some indices, in their order. */
export function subset(split: Split, indices: readonly number[]): Split {
  return {
    length: indices.length,
    labels: Uint16Array.from(indices, (index) => split.labels[index] ?? 0),
    path: (index) => split.path(indices[index] ?? -1),
    image: (index, fit) => split.image(indices[index] ?? -1, fit),
  };
}
