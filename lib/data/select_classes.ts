import type { ClassLabel, Dataset, Split } from "./dataset.ts";
import { DataError } from "./errors.ts";

/** Which classes of a data set to take, in which order: their ids, or `"all"` as the set has them. */
export type ClassSelection = readonly string[] | "all";

/**
 * The classes asked for, in the order asked for.
 *
 * @throws {DataError} For an id that the set does not have, or one given twice.
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
    if (!label) throw new DataError(`classes must be ${someOf(available)}. Received: ${id}`);
    return label;
  });
}

/** A data set with some of its classes only, numbered anew in the order asked for. */
export function subsetClasses(dataset: Dataset, selection: ClassSelection): Dataset {
  const classes = selectClasses(dataset.classes, selection);
  if (classes === dataset.classes) return dataset;
  const labels = dataset.classes.map((label) => classes.indexOf(label));
  return {
    ...dataset,
    classes,
    train: restrictSplit(dataset.train, labels),
    validation: restrictSplit(dataset.validation, labels),
  };
}

/** Keeps the samples whose class has a new label (not -1). */
function restrictSplit(split: Split, newLabels: readonly number[]): Split {
  const kept: number[] = [];
  const labels: number[] = [];
  split.labels.forEach((label, index) => {
    const newLabel = newLabels[label] ?? -1;
    if (newLabel < 0) return;
    kept.push(index);
    labels.push(newLabel);
  });
  return {
    length: kept.length,
    labels: Uint16Array.from(labels),
    path: (index) => split.path(kept[index] ?? -1),
    image: (index, fit) => split.image(kept[index] ?? -1, fit),
  };
}

/** A few ids as examples of what is allowed. */
function someOf(available: readonly ClassLabel[]): string {
  const ids = available.map((label) => label.id);
  if (ids.length <= 10) return `of ${ids.join(", ")}`;
  return `of ${ids.slice(0, 5).join(", ")} … (${ids.length} in all)`;
}
