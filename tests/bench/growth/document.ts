import { table } from "../report.ts";
import type { Measured, Used } from "./protocol.ts";

/** One process's part. */
export interface GrowthRow {
  readonly of: "images" | "classes" | "results" | "batch" | "epochs";
  readonly count: number;
  readonly part: "list" | "train" | "results";
  readonly measured: Measured;
}

const heading = "## Growth";

/** A document with another last part; what `dev:bench` writes stays. */
export function withGrowth(document: string, section: string): string {
  return `${withoutGrowth(document).trimEnd()}\n\n${section.trim()}\n`;
}

/** The last part of a document, which `dev:bench` keeps when it writes the others anew; `""` if it has none. */
export function growthOf(document: string): string {
  return document.slice(withoutGrowth(document).length);
}

function withoutGrowth(document: string): string {
  const at = document.indexOf(`\n${heading}\n`);
  return at < 0 ? document : document.slice(0, at + 1);
}

/** The tables, and how they were measured. */
export function growthSection(rows: readonly GrowthRow[], words: readonly string[]): string {
  const of = (name: GrowthRow["of"]): readonly GrowthRow[] => rows.filter((row) => row.of === name);
  const parts = [
    startTable("images", of("images")),
    startTable("classes", of("classes")),
    resultsTable(of("results")),
    batchTable(of("batch")),
    epochsTable(of("epochs")),
  ].filter((part) => part !== "");
  return [
    heading,
    "Each row is a process of its own. Core seconds are those of all cores together, which other " +
    "programs change less than the clock. The images are links to 200 photographs of Imagenette in class " +
    "folders, a thousand to a class but at least ten classes, of which a fifth validates; their names are in " +
    "the system's cache. The trainings of the first two tables are streamed at 64 px, with VGG11 at an eighth " +
    "of its width; times are from the start of the process, and include reading the names, their digest, " +
    "shuffling them, the sample for color statistics and the first of each class. Of more than 1,024 classes " +
    "as many are decoded for that; the files of the others are looked through. " +
    "The process of the third table trains an epoch at 32 px, and then evaluates, draws and reports: the peak is " +
    "that of all.",
    ["```sh", ["deno task", ...words].join(" "), "```"].join("\n"),
    ...parts,
  ].join("\n\n");
}

function startTable(name: "images" | "classes", rows: readonly GrowthRow[]): string {
  const lists = rows.filter(({ part }) => part === "list");
  return tableOf(
    [
      name === "images" ? "names" : "classes of 100,000 names",
      "listing, core s",
      "shuffling, core s",
      "first step, core s",
      "peak, listing",
      "peak, first step",
    ],
    lists.map(({ count, measured: { at } }) => {
      const training = rows.find((row) => row.part === "train" && row.count === count);
      const first = training?.measured.at["first step"];
      return [
        count.toLocaleString("en-US"),
        between(at["start"], at["list"]),
        between(at["list"], at["shuffle"]),
        first?.coreSeconds.toFixed(1) ?? "",
        mebibytes(at["list"]),
        mebibytes(first),
      ];
    }),
  );
}

function resultsTable(rows: readonly GrowthRow[]): string {
  return tableOf(
    [
      "classes of 3 images",
      "evaluating, core s",
      "figures",
      "report",
      "peak",
      "predictions.jsonl",
      "evaluation.json",
      "report.html",
    ],
    rows.map(({ count, measured: { at, bytes = {} } }) => [
      count.toLocaleString("en-US"),
      between(at["trained"], at["evaluated"]),
      between(at["evaluated"], at["drawn"]),
      between(at["drawn"], at["reported"]),
      mebibytes(at["reported"]),
      ...["predictions.jsonl", "evaluation.json", "report.html"].map((file) =>
        `${((bytes[file] ?? NaN) / 1e6).toFixed(1)} MB`
      ),
    ]),
  );
}

function batchTable(rows: readonly GrowthRow[]): string {
  const peaks = rows.map(({ measured: { at } }) => at["end"]?.peakBytes ?? NaN);
  return tableOf(
    [
      "batch, VGG16, 32 px",
      "core ms of a step",
      "an image",
      "peak",
      "an image more, from the row above",
    ],
    rows.map(({ count, measured: { coreSecondsOfStep = NaN, at } }, row) => [
      `${count}`,
      (coreSecondsOfStep * 1000).toFixed(0),
      (coreSecondsOfStep * 1000 / count).toFixed(1),
      mebibytes(at["end"]),
      row === 0
        ? ""
        : `${
          ((peaks[row]! - peaks[row - 1]!) / (count - rows[row - 1]!.count) / 2 ** 20).toFixed(1)
        } MiB`,
    ]),
  );
}

function epochsTable(rows: readonly GrowthRow[]): string {
  return tableOf(
    ["epochs of 800 images", "core s after the first step", "an epoch", "peak"],
    rows.map(({ count, measured: { at } }) => {
      const after = at["end"]!.coreSeconds - at["first step"]!.coreSeconds;
      return [`${count}`, after.toFixed(1), (after / count).toFixed(2), mebibytes(at["end"])];
    }),
  );
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? "" : table(heads, rows);
}

function between(one: Used | undefined, other: Used | undefined): string {
  return one && other ? (other.coreSeconds - one.coreSeconds).toFixed(2) : "";
}

function mebibytes(used: Used | undefined): string {
  return used ? `${(used.peakBytes / 2 ** 20).toFixed(0)} MiB` : "";
}
