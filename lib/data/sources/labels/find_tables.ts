import { basename, dirname, join, resolve } from "@std/path";
import { DataError } from "../../errors.ts";
import { firstFive } from "../class_folders/class_folders.ts";
import { splitHint } from "../class_folders/split_names.ts";
import { isFile } from "../folders.ts";
import { listFolder } from "../listing/list_folder.ts";
import { chooseColumns, type LabelColumns } from "./label_columns.ts";
import { type LabelTable, readLabelTable } from "./label_table.ts";
import type { ChosenTable } from "./labeling.ts";
import type { PictureIndex } from "./picture_index.ts";

/** The most tables, and bytes of one, that are looked at unless the user names a table. */
const maxTables = 20;
const maxBytes = 2 ** 26;

/**
 * Reads the table that the user names.
 *
 * @param file A path; if nothing is there, the name of a file in the data set's folder.
 * @param names The columns of file names and of classes, by their names or numbers from 1.
 * @throws {DataError} If it is missing, or its columns cannot be told or are others.
 */
export async function namedTable(
  root: string,
  pictures: PictureIndex,
  file: string,
  names: readonly string[] | undefined,
): Promise<ChosenTable> {
  const inRoot = join(root, basename(file));
  const path = !await isFile(file) && await isFile(inRoot) ? inRoot : file;
  const table = await readTable(path, pictures);
  const columns = names ? columnsNamed(path, table, names) : chooseColumns(table, pictures);
  if (typeof columns !== "string") return { file: path, table, columns };
  throw new DataError(
    `${path} must have a column of file names and a column of classes: ${columns}. Received: ` +
      `${firstFive(table.header)}. Name them with --label-columns FILE,LABEL`,
  );
}

async function readTable(path: string, pictures: PictureIndex): Promise<LabelTable> {
  return await readLabelTable(
    path,
    (cells) => cells.some((cell) => pictures.find(cell).length > 0),
  );
}

function columnsNamed(
  path: string,
  { header }: LabelTable,
  names: readonly string[],
): LabelColumns {
  const [file, label] = names.map((name) => {
    const found = header.indexOf(name);
    const column = found < 0 && /^[1-9]\d*$/.test(name) ? Number(name) - 1 : found;
    if (column in header) return column;
    throw new DataError(
      `labelColumns must be two of the columns of ${path} (${
        firstFive(header)
      }). Received: ${name}`,
    );
  });
  return { file: file!, labels: [label!] };
}

/**
 * Finds the tables that say the classes of pictures: one table, or one for each split. They lie beside the
 * pictures, in their folder, or beside that.
 *
 * @throws {DataError} If there are several that do not name different splits.
 */
export async function findTables(root: string, pictures: PictureIndex): Promise<ChosenTable[]> {
  const found: ChosenTable[] = [];
  for (const path of await tablesBeside(root, pictures)) {
    const table = await readTable(path, pictures).catch((error) => {
      if (error instanceof DataError) return undefined;
      throw error;
    });
    const columns = table && chooseColumns(table, pictures);
    if (table && columns && typeof columns !== "string" && repeats(table, columns)) {
      found.push({ file: path, table, columns });
    }
  }
  const splits = found.map(({ file }) => splitHint(basename(file).replace(/\.\w+$/, ""))?.split);
  if (found.length > 1 && (splits.includes(undefined) || new Set(splits).size < found.length)) {
    throw new DataError(
      `${root} must have one table of its images' classes. Received: ${
        firstFive(found.map(({ file }) => basename(file)))
      }. Name the right one with --labels`,
    );
  }
  return found;
}

/** The tables in the folder, in those of its pictures, and, if it holds pictures itself, beside it. */
async function tablesBeside(root: string, { paths }: PictureIndex): Promise<string[]> {
  const inner = new Set(paths.map((path) => path.includes("/") ? path.split("/")[0]! : ""));
  const folders = [
    root,
    ...[...inner].filter((name) => name !== "").slice(0, 20).map((name) => join(root, name)),
    ...(inner.has("") ? [dirname(resolve(root))] : []),
  ];
  const tables: string[] = [];
  for (const folder of folders) {
    for (const name of (await listFolder(folder).catch(() => ({ files: [] }))).files) {
      // A submission holds guesses, or a row of equal chances.
      if (!/\.[ct]sv$/i.test(name) || /submission/i.test(name)) continue;
      const path = join(folder, name);
      const { size } = await Deno.stat(path);
      if (size <= maxBytes && tables.length < maxTables) tables.push(path);
    }
  }
  return tables;
}

/** Whether the classes repeat: a column of numbers or descriptions is no column of classes. */
function repeats({ rows }: LabelTable, { labels }: LabelColumns): boolean {
  if (labels.length > 1) return true;
  const values = new Set(rows.map((cells) => cells[labels[0]!]));
  return values.size >= 2 && values.size <= Math.max(rows.length / 2, 2);
}
