import { leftOutText } from "../data/left_out.ts";
import { plural } from "../display/format.ts";
import type { TableContent } from "../display/table.ts";
import type { ExplorationFacts, Oddity, PartName, PictureSize } from "./facts.ts";
import { oddityTexts, splitTitles } from "./oddities.ts";

/** The facts of an exploration as a table of names and values, for a terminal and for a notebook. */
export function factsTable(facts: ExplorationFacts): TableContent {
  const { name, classes, pictures, sizes, duplicates, unused } = facts;
  const parts = Object.entries(pictures).map(([split, count]) =>
    `${count.toLocaleString("en-US")} ${splitTitles[split as PartName]}`
  );
  const rows: (readonly [string, string])[] = [
    ["pictures", parts.join(", ") || "none"],
    ["classes", classesText(facts)],
    ["sizes", sizes ? sizesText(sizes) : "drawn at any size"],
    ...oddRows(facts),
    ...facts.broken.map(({ reason, count }) =>
      ["broken", `${plural(count, "file")}: ${reason}`] as const
    ),
    ["not used", leftOutText(unused) || "none"],
    ["duplicates", duplicatesText(duplicates)],
  ];
  return {
    title: `Data set ${name}, ${plural(classes.length, "class", "classes")}`,
    columns: ["what", { label: "found", numeric: false }],
    rows,
  };
}

function classesText({ classes, imbalance }: ExplorationFacts): string {
  const counts = classes.map(({ pictures }) => pictures.train ?? 0);
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)];
  const range = fewest === most ? `${most}` : `${fewest} to ${most}`;
  const times = imbalance >= 1.05 ? `, the largest ${imbalance.toFixed(1)} times the smallest` : "";
  return `${classes.length}, each with ${range} training pictures${times}`;
}

function sizesText(
  { only, smallest, largest, median }: NonNullable<ExplorationFacts["sizes"]>,
): string {
  if (only) return `all ${sizeText(only)}`;
  return `${sizeText(smallest)} to ${sizeText(largest)}, in the middle ${sizeText(median)}`;
}

/** `224 × 224 px`. */
export function sizeText({ width, height }: PictureSize): string {
  return `${width} × ${height} px`;
}

function oddRows({ odd }: ExplorationFacts): (readonly [string, string])[] {
  return Object.entries(odd).map(([oddity, { count }]) => {
    const [what, done] = oddityTexts[oddity as Oddity];
    return ["odd", `${plural(count, "picture")} ${what} (${done})`];
  });
}

/** Says how many pictures could be left out because others are the same. */
export function duplicatesText(groups: ExplorationFacts["duplicates"]): string {
  if (groups.length === 0) return "none";
  const pictures = groups.reduce((sum, group) => sum + group.pictures.length, 0);
  const exact = groups.filter(({ kind }) => kind === "exact").length;
  const near = groups.length - exact;
  const kinds = [
    ...(exact > 0 ? [`${exact} with the same bytes`] : []),
    ...(near > 0 ? [`${near} nearly the same`] : []),
  ];
  return `${pictures} pictures show ${groups.length} different ones (${kinds.join(", ")})`;
}
