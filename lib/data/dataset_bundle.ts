import type { Bundle } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import type { Dataset, Split } from "./dataset.ts";

/** How a notebook displays a data set: a table of its classes with their numbers of images. */
export function datasetBundle({ name, classes, train, validation }: Dataset): Bundle {
  const trainCounts = countLabels(train);
  const validationCounts = countLabels(validation);
  return tableBundle({
    title: `Data set ${name}`,
    columns: ["id", "class", "training images", "validation images"],
    rows: classes.map(({ id, name }, label) => [
      id,
      name,
      trainCounts.get(label) ?? 0,
      validationCounts.get(label) ?? 0,
    ]),
    foot: ["", `${classes.length} classes`, train.length, validation.length],
  });
}

function countLabels({ labels }: Split): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
