import { hash } from "node:crypto";
import { requirePositiveInteger } from "../errors.ts";
import type { ClassLabel, Dataset, Split } from "./dataset.ts";
import { DataError } from "./errors.ts";

/** The classes to take and their order, by id; `"all"` takes every class in the data set's own order. */
export type ClassSelection = readonly string[] | "all";

/** How many images of each class to take. */
export interface PerClass {
  /** Images of each class for training. */
  readonly train: number;
  /** Images of each class for validation; all by default. */
  readonly validation?: number;
}

/**
 * Returns the samples of a split at the given indices, in the order of the indices; an index may repeat.
 *
 * @example
 * ```ts
 * import { loadDataset, subset } from "vgg/data";
 *
 * const { train } = await loadDataset("drawn10");
 * subset(train, [0, 400, 800]).length; // 3
 * ```
 */
export function subset(split: Split, indices: readonly number[] | Uint32Array): Split {
  const drawnAs = drawnSubset(split, indices);
  const { length } = indices;
  return {
    length,
    ...(drawnAs === undefined ? {} : { drawnAs }),
    labels: Uint16Array.from({ length }, (_, at) => split.labels[indices[at]!] ?? 0),
    path: (index) => split.path(indices[index] ?? -1),
    file: (index) => split.file?.(indices[index] ?? -1),
    image: (index, resize) => split.image(indices[index] ?? -1, resize),
  };
}

/** The name of a subset's images, see {@linkcode Split}. */
function drawnSubset(
  { drawnAs, length }: Split,
  indices: readonly number[] | Uint32Array,
): string | undefined {
  if (drawnAs === undefined) return undefined;
  const isWhole = indices.length === length && indices.every((index, at) => index === at);
  if (isWhole) return drawnAs;
  return `${drawnAs}-of-${hash("sha256", indices.join()).slice(0, 16)}`;
}

/**
 * Returns the data set with the first images of each class only; a class that has fewer keeps all.
 *
 * @throws {OptionError} If a count is not a whole number above 0.
 *
 * @example
 * ```ts
 * import { loadDataset, subsetPerClass } from "vgg/data";
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
    train: firstPerClass(dataset.train, train),
    ...(validation === undefined
      ? {}
      : { validation: firstPerClass(dataset.validation, validation) }),
  };
}

/**
 * Returns the data set with the selected classes only, renumbered from 0 in the order of the selection.
 *
 * @throws {DataError} If an id is unknown or given twice.
 */
export function subsetClasses(dataset: Dataset, selection: ClassSelection): Dataset {
  const classes = selectClasses(dataset.classes, selection);
  if (classes === dataset.classes) return dataset;
  const newLabels = dataset.classes.map((label) => classes.indexOf(label));
  const relabeled = (split: Split): Split => relabel(split, newLabels);
  return {
    ...dataset,
    classes,
    train: relabeled(dataset.train),
    validation: relabeled(dataset.validation),
    ...(dataset.test ? { test: relabeled(dataset.test) } : {}),
  };
}

/** Returns the samples of a split with other labels; those whose new label is below 0 are left out. */
export function relabel(split: Split, newLabels: readonly number[]): Split {
  const kept = subset(split, indicesWhere(split, (label) => (newLabels[label] ?? -1) >= 0));
  return { ...kept, labels: kept.labels.map((label) => newLabels[label] ?? 0) };
}

/** Returns the samples of several splits, one split after the other. */
export function concatenate(splits: readonly Split[]): Split {
  const places = splits.flatMap((split) =>
    Array.from({ length: split.length }, (_, index) => [split, index] as const)
  );
  const at = (index: number): readonly [Split, number] => {
    const place = places[index];
    if (place) return place;
    throw new RangeError(`sample must be 0 to ${places.length - 1}. Received: ${index}`);
  };
  return {
    length: places.length,
    labels: Uint16Array.from(places, ([split, index]) => split.labels[index] ?? 0),
    path: (index) => {
      const [split, sample] = at(index);
      return split.path(sample);
    },
    file: (index) => {
      const [split, sample] = at(index);
      return split.file?.(sample);
    },
    image: async (index, resize) => {
      const [split, sample] = at(index);
      return await split.image(sample, resize);
    },
  };
}

/**
 * Returns the selected classes in the order of the selection.
 *
 * @throws {DataError} If an id is unknown or given twice.
 */
export function selectClasses(
  available: readonly ClassLabel[],
  selection: ClassSelection = "all",
): readonly ClassLabel[] {
  if (selection === "all") return available;
  const byId = new Map(available.map((label) => [label.id, label]));
  if (new Set(selection).size < selection.length) {
    throw new DataError(`classes must differ from each other. Received: ${selection.join(",")}`);
  }
  return selection.map((id) => {
    const label = byId.get(id);
    if (!label) {
      const isCut = available.some((each) => each.id.startsWith(`${id},`));
      throw new DataError(
        `classes must be ${exampleIds(available)}. Received: ${id}` +
          (isCut ? " (a comma in a name is written \\,)" : ""),
      );
    }
    return label;
  });
}

function firstPerClass(split: Split, count: number): Split {
  const taken = new Map<number, number>();
  const indices = indicesWhere(split, (label) => {
    const before = taken.get(label) ?? 0;
    taken.set(label, before + 1);
    return before < count;
  });
  return subset(split, indices);
}

function indicesWhere({ labels }: Split, isWanted: (label: number) => boolean): number[] {
  return Array.from(labels.keys()).filter((index) => isWanted(labels[index] ?? 0));
}

function exampleIds(available: readonly ClassLabel[]): string {
  const ids = available.map((label) => label.id);
  if (ids.length <= 10) return `of ${ids.join(", ")}`;
  return `of ${ids.slice(0, 5).join(", ")} … (${ids.length} in all)`;
}
