import type { Dataset, Split } from "./dataset.ts";
import { requireWhole } from "./require_whole.ts";

/** How many pictures of each class to take. */
export interface PerClass {
  readonly train: number;
  /** Default: all. */
  readonly validation?: number;
}

/**
 * A small part of a data set: the first pictures of each class, or all where there are fewer.
 *
 * @throws {OptionError} For counts that are not whole numbers above 0.
 *
 * @example
 * ```ts
 * import { loadDataset, takePerClass } from "vgg";
 *
 * const few = takePerClass(await loadDataset("drawn10"), { train: 5, validation: 2 });
 * few.train.length; // 50
 * ```
 */
export function takePerClass(dataset: Dataset, { train, validation }: PerClass): Dataset {
  requireWhole("train", train);
  if (validation !== undefined) requireWhole("validation", validation);
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
  return keepSamples(split, kept);
}

/** The samples of a split at some indices, in their order. */
export function keepSamples(split: Split, indices: readonly number[]): Split {
  return {
    length: indices.length,
    labels: Uint16Array.from(indices, (index) => split.labels[index] ?? 0),
    path: (index) => split.path(indices[index] ?? -1),
    picture: (index, fit) => split.picture(indices[index] ?? -1, fit),
  };
}
