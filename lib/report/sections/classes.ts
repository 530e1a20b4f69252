import { percent } from "../../display/format.ts";
import { labelClasses } from "../../display/label_classes.ts";
import { type Html, markup } from "../../display/markup.ts";
import { numbers, type SortedCell } from "../../display/table.ts";
import { classScores } from "../../evaluation/metrics/class_scores.ts";
import { perClassAccuracyFigure } from "../../figures/charts/per_class_accuracy.ts";
import type { ClassResult, Evaluation } from "../../runs/schemas.ts";
import { imagesLink } from "../images/links.ts";
import { scrollTable, type Section, section, type SectionContext } from "./section.ts";

/** A longer table is closed at first. */
const maxOpenRows = 25;
/** The most classes in the chart: it fits on a sheet of paper. */
const maxClasses = 30;

/** The accuracy, precision and F1 of each class. */
export function classesSection(evaluation: Evaluation, context: SectionContext): Section {
  const byAccuracy = labelClasses(evaluation.per_class).filter(({ accuracy }) => accuracy !== null)
    .toSorted((one, other) => one.accuracy! - other.accuracy!);
  const tell = ({ name, accuracy }: ClassResult): string => `${name} with ${percent(accuracy!)}`;
  const chart = context.charts.chart([
    { figure: perClassAccuracyFigure(evaluation, { maxClasses }), minScale: 0.75 },
    { figure: perClassAccuracyFigure(evaluation, { maxClasses, narrow: true }), minScale: 0.9 },
  ], {
    alternative: `Accuracy of each class, ` +
      (byAccuracy.length > 0
        ? `from ${tell(byAccuracy[0]!)} to ${tell(byAccuracy.at(-1)!)}.`
        : "of which none has images."),
    caption: leastAccurate(byAccuracy.length) +
      "The whiskers are Wilson's 95 % intervals of the classes' accuracies. Precision is, of the " +
      "images predicted as the class, the fraction that belongs to it; F1 is the harmonic mean of " +
      "precision and recall, which is the class's accuracy.",
    opens: { kind: "class", run: context.run },
  });
  const table = classTable(evaluation, context);
  const { length } = evaluation.per_class;
  return section(
    context,
    "classes",
    "Accuracy by class",
    chart,
    length > maxOpenRows
      ? markup`<details><summary>All ${length} classes</summary>${table}</details>`
      : table,
  );
}

function leastAccurate(classes: number): string {
  return classes > maxClasses
    ? `The ${maxClasses} least accurate of ${classes} classes; all are in the table below. `
    : "";
}

function classTable({ per_class, confusion }: Evaluation, context: SectionContext): Html {
  const scores = classScores(confusion);
  return scrollTable({
    title: "Accuracy, precision and F1 of each class",
    columns: [
      "Class",
      ...numbers("Correct", "Images", "Accuracy", "95 % interval", "Precision", "F1"),
    ],
    rows: labelClasses(per_class).map(({ name, correct, total, accuracy, interval }, index) => [
      total === 0 ? name : imagesLink(context, `class=${index}`, name),
      correct,
      total,
      share(accuracy),
      accuracy === null
        ? { shown: "", value: -1 }
        : { shown: interval.map((end) => percent(end)).join(" to "), value: interval[0] },
      share(scores[index]?.precision ?? null),
      share(scores[index]?.f1 ?? null),
    ]),
  }, { sortable: true });
}

/** `none`, for a class without images, is sorted below all others. */
function share(fraction: number | null): SortedCell {
  return { shown: fraction === null ? "none" : percent(fraction), value: fraction ?? -1 };
}
