import { splitHint } from "../class_folders/split_names.ts";
import type { LabelTable } from "./label_table.ts";
import type { PictureIndex } from "./picture_index.ts";

/** Which columns of a table say what, by their positions. */
export interface LabelColumns {
  /** The column of file names, ids or paths. */
  readonly file: number;
  /** The column of classes, or, for a table with a column of 0 and 1 for each class, all of these. */
  readonly labels: readonly number[];
  /** The column that names the split of each row, if there is one. */
  readonly split?: number;
}

const fileNames =
  "path filepath filepaths imagepath filename file image img imagename imageid id idcode " +
  "isicid imagelabel picture photo name";
const labelNames =
  "label labels class classname classlabel breed level target category categoryname " +
  "species diagnosis dx variety disease emotion genre style groundtruth y labelname imageclass";
const splitNames = "split set subset dataset partition usage phase datasplit";

/** Rows that are looked at to choose columns. */
const sampleRows = 2000;

/**
 * Chooses the columns of file names and of classes. The first one is found by its cells, which name
 * pictures; the other one by its name, or because there is no other column.
 *
 * @returns The columns, or why they cannot be told.
 */
export function chooseColumns(table: LabelTable, pictures: PictureIndex): LabelColumns | string {
  const { header } = table;
  const file = fileColumn(table, pictures);
  if (file === undefined) return "no column names pictures of the folder";
  const split = splitColumn(table, file);
  const others = [...header.keys()].filter((column) => column !== file && column !== split);
  const labels = labelColumns(table, others);
  if (typeof labels === "string") return labels;
  return { file, labels, ...(split === undefined ? {} : { split }) };
}

/** The column whose cells name the most different pictures. */
function fileColumn({ header, rows }: LabelTable, pictures: PictureIndex): number | undefined {
  const sample = rows.slice(0, sampleRows);
  const counts = header.map((_, column) =>
    new Set(sample.flatMap((cells) => pictures.find(cells[column]!))).size
  );
  const most = Math.max(...counts);
  if (most === 0) return undefined;
  const names = fileNames.split(" ");
  const rank = (column: number): number => {
    const position = names.indexOf(plain(header[column]!));
    return position < 0 ? names.length : position;
  };
  const best = [...header.keys()].filter((column) => counts[column]! >= 0.9 * most);
  return best.sort((one, other) => rank(one) - rank(other))[0];
}

function splitColumn({ header, rows }: LabelTable, file: number): number | undefined {
  const found = [...header.keys()].find((column) =>
    column !== file && splitNames.split(" ").includes(plain(header[column]!)) &&
    rows.every((cells) => cells[column] === "" || splitHint(cells[column]!)?.sure)
  );
  return found;
}

function labelColumns(table: LabelTable, others: readonly number[]): readonly number[] | string {
  const { header, rows } = table;
  const title = (columns: readonly number[]): string =>
    columns.slice(0, 8).map((column) => header[column]!).join(", ") +
    (columns.length > 8 ? ", …" : "");
  const named = others.filter((column) => labelNames.split(" ").includes(plain(header[column]!)));
  if (named.length === 1) return named;
  if (named.length > 1) {
    const [first] = named.filter((column) => !isNumeric(rows, column));
    const same = named.every((column) => areSame(rows, named[0]!, column));
    return same ? [first ?? named[0]!] : `several columns may be the classes: ${title(named)}`;
  }
  if (others.length >= 2) {
    const marks = others.filter((column) => isMarks(rows, column));
    if (marks.length >= 2 && marks.length === others.length) return marks;
    return `no column is named as classes are: ${title(others)}`;
  }
  const [only] = others;
  return only === undefined ? "there is no column of classes" : [only];
}

/** Whether a column holds 0 and 1 only. */
function isMarks(rows: LabelTable["rows"], column: number): boolean {
  return rows.every((cells) => /^[01](\.0*)?$/.test(cells[column]!));
}

function isNumeric(rows: LabelTable["rows"], column: number): boolean {
  return rows.every((cells) => /^-?\d*(\.\d*)?$/.test(cells[column]!));
}

/** Whether two columns part the rows in the same way, as `class_id` and `class_name` do. */
function areSame(rows: LabelTable["rows"], one: number, other: number): boolean {
  const [forward, backward] = [new Map<string, string>(), new Map<string, string>()];
  return rows.every((cells) => {
    const [a, b] = [cells[one]!, cells[other]!];
    if ((forward.get(a) ?? b) !== b || (backward.get(b) ?? a) !== a) return false;
    forward.set(a, b);
    backward.set(b, a);
    return true;
  });
}

/** A column's name without case, spaces and marks. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\d]+/gu, "");
}
