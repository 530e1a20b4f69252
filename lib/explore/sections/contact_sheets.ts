import type { Dataset } from "../../data/dataset.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { type Html, markup } from "../../display/markup.ts";
import {
  heading,
  type Section,
  section,
  type SectionContext,
} from "../../report/sections/section.ts";
import type { ExplorationFacts, PictureRef } from "../facts.ts";
import type { Thumbnails } from "../thumbnails.ts";

/** All sheets together have so many pictures at most, and each so many. */
const maxPictures = 600, maxPerClass = 24;

/** Some training pictures of each class, spread evenly over all. */
export async function contactSheets(
  { train }: Pick<Dataset, "train">,
  { classes, broken }: ExplorationFacts,
  thumbnails: Thumbnails,
  context: SectionContext,
): Promise<Section> {
  const shown = classes.slice(0, maxPictures);
  const perClass = Math.max(1, Math.min(maxPerClass, Math.floor(maxPictures / classes.length)));
  const unreadable = new Set(broken.flatMap(({ files }) => files));
  const samples = Map.groupBy(
    [...train.labels.keys()].filter((index) =>
      unreadable.size === 0 || !unreadable.has(train.path(index))
    ),
    (index) => train.labels[index]!,
  );
  const names = labelClasses(classes).map(({ name }) => name);
  const sheets: Html[] = [];
  for (const label of shown.keys()) {
    const all = samples.get(label) ?? [];
    const pictures = spread(all, perClass).map((index): PictureRef => ({
      ...{ split: "train", index, label, path: train.path(index) },
    }));
    sheets.push(markup`${heading(context.level + 1, names[label]!)}
${await thumbnails.gallery(pictures, { small: true, all: all.length })}`);
  }
  const more = classes.length - shown.length;
  return section(
    context,
    "sheets",
    "Contact sheets",
    markup`<p class="lead">Training pictures of each class, chosen evenly in their order.${
      more > 0 ? ` ${more} more classes are not shown.` : ""
    }</p>`,
    sheets,
  );
}

/** At most `count` values, at equal distances. */
function spread<Value>(values: readonly Value[], count: number): Value[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, at) => values[Math.floor(at * values.length / count)]!);
}
