import { plural } from "../display/format.ts";
import type { Bundle } from "../display/bundle.ts";
import { tableBundle } from "../display/table.ts";
import type { Dataset, Split } from "./dataset.ts";

/** How a notebook displays a data set: a table of its classes with their numbers of images. */
export function datasetBundle({ name, classes, train, validation, test }: Dataset): Bundle {
  const splits = [train, validation, ...(test ? [test] : [])];
  const counts = splits.map(countLabels);
  const titles = ["training images", "validation images", "test images"];
  return tableBundle({
    title: `Data set ${name}`,
    columns: ["id", "class", ...titles.slice(0, splits.length)],
    rows: classes.map(({ id, name }, label) => [
      id,
      name,
      ...counts.map((count) => count.get(label) ?? 0),
    ]),
    foot: ["", plural(classes.length, "class", "classes"), ...splits.map(({ length }) => length)],
  });
}

function countLabels({ labels }: Split): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
