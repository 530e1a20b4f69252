import { DataError } from "../../errors.ts";
import { isFile } from "../folders.ts";
import { readText } from "../read_file.ts";
import { wnidPattern } from "./synset_names.ts";

/**
 * Reads the class of each validation image from Kaggle's `LOC_val_solution.csv`: the first word of its
 * prediction string.
 *
 * @throws {DataError} If it is missing, or a row does not name an image and its wnid.
 */
export async function readSolution(file: string): Promise<Map<string, string>> {
  if (!await isFile(file)) {
    throw new DataError(`The labels of the validation images are missing: ${file}`);
  }
  const [text, { parse }] = await Promise.all([
    readText(file),
    import("csv-parse/sync"),
  ]);
  try {
    const rows: Record<string, string>[] = parse(text, { columns: true, bom: true });
    return new Map(rows.map((row) => {
      const [id] = (row["PredictionString"] ?? "").trim().split(/\s+/);
      if (!row["ImageId"] || !id || !wnidPattern.test(id)) {
        throw new Error(`a row must name an image and its wnid. Received: ${JSON.stringify(row)}`);
      }
      return [row["ImageId"], id];
    }));
  } catch (error) {
    throw new DataError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
