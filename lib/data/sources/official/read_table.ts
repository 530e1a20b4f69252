import { DataError } from "../../errors.ts";
import { readText } from "../read_file.ts";

/**
 * Reads the rows of a table with commas or semicolons between its columns, by the names of the columns in
 * lower case.
 *
 * @throws {DataError} If it cannot be read, or its rows differ in length.
 */
export async function readTable(file: string): Promise<Record<string, string>[]> {
  const [text, { parse }] = await Promise.all([readText(file), import("csv-parse/sync")]);
  try {
    return parse(text, {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      delimiter: text.split("\n", 1)[0]!.includes(";") ? ";" : ",",
      skip_empty_lines: true,
      trim: true,
    });
  } catch (error) {
    throw new DataError(`${file}: ${(error as Error).message}`);
  }
}
