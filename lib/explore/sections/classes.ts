import { labelClasses } from "../../display/label_classes.ts";
import { markup } from "../../display/markup.ts";
import { numbers } from "../../display/table.ts";
import {
  scrollTable,
  type Section,
  section,
  type SectionContext,
} from "../../report/sections/section.ts";
import type { ExplorationFacts, PartName } from "../facts.ts";
import { classesFigure } from "../figures.ts";
import { splitTitles } from "../oddities.ts";

/** A longer table is closed at first. */
const maxOpenRows = 25;

/** How many pictures each class has in each part. */
export function classCountsSection(facts: ExplorationFacts, context: SectionContext): Section {
  const { classes, pictures, imbalance } = facts;
  const parts = Object.keys(pictures) as PartName[];
  const chart = context.charts.chart([
    { figure: classesFigure(facts), minScale: 0.75 },
    { figure: classesFigure(facts, true), minScale: 0.9 },
  ], {
    alternative: `Pictures of each class: the largest training class has ${imbalance.toFixed(1)} ` +
      `times as many as the smallest.`,
    caption: imbalance >= 1.05
      ? `The largest training class has ${
        imbalance.toFixed(1)
      } times as many pictures as the smallest.`
      : "All classes have the same number of training pictures, or nearly so.",
  });
  const table = scrollTable({
    title: "Pictures of each class that can be read",
    columns: ["Class", "Id", ...numbers(...parts.map((part) => splitTitles[part]))],
    rows: labelClasses(classes).map(({ name, id }, at) => [
      name,
      id,
      ...parts.map((part) => classes[at]!.pictures[part] ?? 0),
    ]),
  }, { sortable: true });
  return section(
    context,
    "classes",
    "Classes",
    chart,
    classes.length > maxOpenRows
      ? markup`<details><summary>All ${classes.length} classes</summary>${table}</details>`
      : table,
  );
}
