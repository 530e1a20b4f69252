import { labelClasses } from "../../display/label_classes.ts";
import type { Evaluation } from "../../runs/schemas.ts";

/** Returns orders of a confusion matrix's classes: class indices by the order's name. */
export function classOrders(evaluation: Evaluation): Record<string, number[]> {
  const { classes, per_class, confusion } = evaluation;
  const all = [...classes.keys()];
  const accuracy = (index: number): number => per_class[index]?.accuracy ?? 0;
  const labels = labelClasses(classes);
  const name = (index: number): string => labels[index]!.name;
  return {
    "of the data set": all,
    "most accurate first": all.toSorted((one, other) => accuracy(other) - accuracy(one)),
    "by name": all.toSorted((one, other) => name(one).localeCompare(name(other))),
    "most confused side by side": sideBySide(confusion),
  };
}

/** Starts with the class that has the most mistakes, then takes the one most confused with the last. */
function sideBySide(confusion: readonly (readonly number[])[]): number[] {
  const between = (one: number, other: number): number =>
    one === other ? 0 : confusion[one]![other]! + confusion[other]![one]!;
  const left = new Set(confusion.keys());
  const mistakes = (one: number): number =>
    confusion.reduce((sum, _, other) => sum + between(one, other), 0);
  const order: number[] = [];
  while (left.size > 0) {
    const last = order.at(-1);
    const near = (one: number): number => last === undefined ? mistakes(one) : between(last, one);
    const next = [...left].reduce((best, one) => near(one) > near(best) ? one : best);
    order.push(next);
    left.delete(next);
  }
  return order;
}
