import type { Bundle } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import type { Dataset, Split } from "./dataset.ts";

/** What a data set looks like in a notebook: its classes, and how many images each has. */
export function datasetBundle({ name, classes, train, validation }: Dataset): Bundle {
  const trained = countLabels(train), validated = countLabels(validation);
  return tableBundle({
    title: `Data set ${name}`,
    columns: ["id", "class", "training images", "validation images"],
    rows: classes.map(({ id, name }, label) => [
      id,
      name,
      trained.get(label) ?? 0,
      validated.get(label) ?? 0,
    ]),
    foot: ["", `${classes.length} classes`, train.length, validation.length],
  });
}

function countLabels({ labels }: Split): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
