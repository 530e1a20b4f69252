import type { Dataset } from "../data/dataset.ts";
import { labelClasses } from "../display/label_classes.ts";
import { percent, plural } from "../display/format.ts";
import type { Duplicates } from "./duplicates.ts";
import type { Leak } from "./facts.ts";
import { splitTitles } from "./oddities.ts";
import type { Summary } from "./summarize_pictures.ts";

/** A training class that is so many times as large as another is told. */
const imbalanced = 1.5;

/** Says what should be looked at before training, a line each; the worst first. */
export function warningsOf(
  { warnings }: Pick<Dataset, "warnings">,
  { classes, imbalance, pictures, broken }: Summary,
  { leaks, groups, isPartial }: Duplicates,
): string[] {
  const lines = leaks.map(leakText);
  const crossing = groups.filter(({ crossesClasses }) => crossesClasses);
  if (crossing.length > 0) {
    lines.push(
      `${plural(crossing.length, "picture")} ${crossing.length === 1 ? "is" : "are"} in two ` +
        `classes or more: ${crossing.slice(0, 3).map(pathsOf).join("; ")}` +
        (crossing.length > 3 ? "; …" : ""),
    );
  }
  const unread = broken.reduce((sum, { count }) => sum + count, 0);
  if (unread > 0) {
    const reasons = broken.map(({ reason, count }) => `${count} because ${reason}`);
    lines.push(`${plural(unread, "file")} cannot be read: ${reasons.join(", ")}`);
  }
  const named = labelClasses(classes).map(({ name, pictures }) => ({
    name,
    count: pictures.train ?? 0,
  }));
  const empty = named.filter(({ count }) => count === 0);
  if (empty.length > 0) {
    lines.push(`No readable training picture: ${firstThree(empty.map(({ name }) => name))}`);
  }
  if (imbalance >= imbalanced) {
    const sorted = named.filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count);
    const [most, fewest] = [sorted[0]!, sorted.at(-1)!];
    lines.push(
      `The classes are imbalanced: ${most.name} has ${plural(most.count, "training picture")}, ` +
        `${imbalance.toFixed(1)} times as many as ${fewest.name} with ${fewest.count}. Whoever ` +
        `always says ${most.name} is right for ${percent(most.count / (pictures.train ?? 1))}`,
    );
  }
  if (classes.length < 2) lines.push("A training needs two classes or more");
  if (isPartial) {
    lines.push(
      "So many pictures are alike that not all pairs were compared: there may be more duplicates",
    );
  }
  return [...lines, ...warnings];
}

/** Says how many pictures of a part are in another part too. */
export function leakText({ of, in: within, pictures, total, exact, examples }: Leak): string {
  const near = pictures - exact;
  const kinds = [
    ...(exact > 0 ? [`${exact} with the same bytes`] : []),
    ...(near > 0 ? [`${near} nearly the same`] : []),
  ];
  const verb = pictures === 1 ? "is" : "are";
  return `LEAK: ${pictures} of ${total} ${splitTitles[of]} pictures ${verb} also among the ` +
    `${splitTitles[within]} pictures (${kinds.join(", ")}), so the ${
      splitTitles[of]
    } accuracy is ` +
    `too high: ${firstThree(examples)}`;
}

function pathsOf({ pictures }: Duplicates["groups"][number]): string {
  return pictures.slice(0, 2).map(({ path }) => path).join(" and ");
}

function firstThree(names: readonly string[]): string {
  return names.slice(0, 3).join(", ") + (names.length > 3 ? ", …" : "");
}
