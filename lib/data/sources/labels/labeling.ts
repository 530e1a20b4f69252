import { plural } from "../../../display/format.ts";
import { basename } from "@std/path";
import { DataError } from "../../errors.ts";
import { firstFive } from "../class_folders/class_folders.ts";
import { splitHint, type SplitName } from "../class_folders/split_names.ts";
import { baseOf } from "../listing/walk.ts";
import type { LabelColumns } from "./label_columns.ts";
import { labelFromName } from "./label_pattern.ts";
import type { LabelTable } from "./label_table.ts";
import type { PictureIndex } from "./picture_index.ts";

/** The classes of pictures, and what was found on the way. */
export interface Labeling {
  /** The class of each picture, `undefined` where nothing says it. */
  readonly labels: readonly (string | undefined)[];
  /** The split of each picture, where a table says it. */
  readonly splits: readonly (SplitName | undefined)[];
  /** What pictures without a class are, for {@linkcode UnusedFiles.reason}. */
  readonly withoutLabel: string;
  readonly warnings: readonly string[];
}

/** A table of labels and its columns. */
export interface ChosenTable {
  readonly file: string;
  readonly table: LabelTable;
  readonly columns: LabelColumns;
}

/** Reads the classes from the names of the files, see {@linkcode labelFromName}. */
export function labelByPattern(pictures: PictureIndex, pattern: string): Labeling {
  const labelOf = labelFromName(pattern);
  return {
    labels: pictures.paths.map((path) => labelOf(baseOf(path))),
    splits: pictures.paths.map(() => undefined),
    withoutLabel: `pictures whose names do not fit ${pattern}`,
    warnings: [],
  };
}

/**
 * Reads the classes from tables.
 *
 * @throws {DataError} If a row means several pictures, or a picture has two classes.
 */
export function labelByTables(
  pictures: PictureIndex,
  tables: readonly ChosenTable[],
): Labeling {
  const labels: (string | undefined)[] = pictures.paths.map(() => undefined);
  const splits: (SplitName | undefined)[] = pictures.paths.map(() => undefined);
  const warnings: string[] = [];
  for (const chosen of tables) {
    const name = basename(chosen.file);
    const { assumed } = chosen.table;
    const ofFile = splitHint(name.replace(/\.\w+$/, ""))?.split;
    const [missing, unlabeled]: [string[], string[]] = [[], []];
    for (const { file, label, split } of rowsOf(chosen)) {
      const found = pictureOf(pictures, file, split ?? ofFile, name);
      if (label === "") unlabeled.push(file);
      else if (found === undefined) missing.push(file);
      else {
        requireSame(name, pictures.paths[found]!, labels[found], label);
        labels[found] = label;
        splits[found] = split ?? (tables.length > 1 ? ofFile : undefined);
      }
    }
    warnings.push(
      `Classes: ${describeColumns(chosen)}`,
      ...(assumed ? [`${name} is not UTF-8: it is read as ${assumed}`] : []),
      ...rowsLine(name, missing, "have no picture"),
      ...rowsLine(name, unlabeled, "have no class"),
    );
  }
  const names = tables.map(({ file }) => basename(file)).join(" or ");
  return { labels, splits, warnings, withoutLabel: `pictures without a class in ${names}` };
}

function pictureOf(
  { find, splits, paths }: PictureIndex,
  file: string,
  split: SplitName | undefined,
  table: string,
): number | undefined {
  const all = find(file);
  const ofSplit = all.filter((index) => splits[index] === split);
  const [found, another] = ofSplit.length > 0 ? ofSplit : all;
  if (another === undefined) return found;
  throw new DataError(
    `${table} must name each picture by a path that is its own. Received: ${file}, which is ` +
      `${paths[found!]} or ${paths[another]}`,
  );
}

function requireSame(table: string, path: string, before: string | undefined, label: string): void {
  if (before === undefined || before === label) return;
  throw new DataError(
    `${table} must give each picture one class. Received: ${before} and ${label} for ${path}`,
  );
}

/** The rows of a table by its columns; the class of a row without one is empty. */
function* rowsOf(
  { table: { header, rows }, columns: { file, labels, split }, file: path }: ChosenTable,
): Generator<{ file: string; label: string; split: SplitName | undefined }, void, void> {
  const [only, ...others] = labels;
  for (const cells of rows) {
    const marked = labels.filter((column) => Number(cells[column]) === 1);
    if (others.length > 0 && marked.length > 1) {
      throw new DataError(
        `${path} must give each picture one class. Received: ${
          firstFive(marked.map((column) => header[column]!))
        } for ${cells[file]}`,
      );
    }
    const label = others.length === 0
      ? cells[only!]!
      : marked[0] === undefined
      ? ""
      : header[marked[0]]!;
    const hint = split === undefined ? undefined : splitHint(cells[split]!);
    yield { file: cells[file]!, label, split: hint?.split };
  }
}

function describeColumns({ file: path, table: { header }, columns }: ChosenTable): string {
  const { file, labels, split } = columns;
  const names = labels.map((column) => header[column]!);
  const what = names.length === 1
    ? `column ${names[0]}`
    : `one column for each class (${firstFive(names)})`;
  return `${what} of ${basename(path)}, with the pictures in column ${header[file]}` +
    (split === undefined ? "" : ` and the splits in column ${header[split]}`);
}

function rowsLine(name: string, files: readonly string[], what: string): string[] {
  return files.length === 0 ? [] : [
    `${plural(files.length, "row")} of ${name} ${what}: ${firstFive(files)}`,
  ];
}
