import { plural } from "../../../display/format.ts";
import { DataError } from "../../errors.ts";
import { decodeText } from "../../../files/decode_text.ts";
import { readTableBytes } from "../read_file.ts";

/** A table of text, as a CSV or TSV file holds it. */
export interface LabelTable {
  /** The names of the columns. */
  readonly header: readonly string[];
  /** The rows below the header, of as many cells as it has. Empty rows are left out. */
  readonly rows: readonly (readonly string[])[];
  /** The encoding that was assumed, if the file is not UTF-8 and does not say its own. */
  readonly assumed?: string;
}

/**
 * Reads a table whose cells are separated by commas, semicolons, tabs or, if none of these is in the first
 * line, by spaces.
 *
 * @param firstIsRow Tells from the first line's cells that the file has no header. The columns are then
 *   named by their numbers, from 1.
 * @throws {DataError} If the file is missing, is no such table, or has no rows.
 */
export async function readLabelTable(
  file: string,
  firstIsRow: (cells: readonly string[]) => boolean,
): Promise<LabelTable> {
  const [bytes, { parse }] = await Promise.all([readTableBytes(file), import("csv-parse/sync")]);
  const { text, ...encoding } = decodeText(bytes);
  if (text.includes("\0")) {
    throw new DataError(`${file} must be a CSV or TSV file. Received: a file of binary numbers`);
  }
  let lines: string[][];
  try {
    lines = parse(text, {
      bom: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    throw new DataError(`${file} must be a CSV or TSV file: ${(error as Error).message}`);
  }
  const [first = [], ...others] = lines;
  const isRow = firstIsRow(first);
  const rows = isRow ? lines : others;
  const width = isRow ? Math.max(...lines.slice(0, 100).map(({ length }) => length)) : first.length;
  if (rows.length === 0 || width < 2) {
    throw new DataError(
      `${file} must have two columns or more, and rows of labels. Received: ` +
        `${plural(width, "column")}, ${plural(rows.length, "row")}`,
    );
  }
  return {
    header: isRow ? Array.from({ length: width }, (_, index) => String(index + 1)) : first,
    rows: rows.map((cells) => Array.from({ length: width }, (_, index) => cells[index] ?? "")),
    ...encoding,
  };
}

/** The separator that is in the first line most often. */
function delimiterOf(text: string): string {
  const line = text.slice(0, 10_000).split(/\r?\n/).find((each) => each.trim() !== "") ?? "";
  const counts = [",", "\t", ";"].map((mark) => ({ mark, count: line.split(mark).length - 1 }));
  counts.sort((one, other) => other.count - one.count);
  return counts[0]!.count > 0 ? counts[0]!.mark : " ";
}
