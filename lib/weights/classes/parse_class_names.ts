import { parse } from "csv-parse/sync";
import { z } from "zod";
import type { ClassLabel } from "../../data/dataset.ts";
import { tryParseJson } from "../../files/decode_text.ts";

/**
 * Reads the names of classes from a text, in the order of the outputs:
 *
 * - a name a line, also with its number in front, `0 cat` or `0: 'cat'`;
 * - wnids with names, `n01440764 tench, Tinca tinca`, of which the first counts;
 * - a table with a header (CSV) that has a column of names, and perhaps of numbers or ids;
 * - JSON: a list, or an object from numbers to names or to pairs of id and name, or from names to numbers.
 *
 * @returns `undefined` if it is none of these.
 */
export function parseClassNames(text: string): ClassLabel[] | undefined {
  const content = text.replace(/^\ufeff/, "").trim();
  if (/^[[{]/.test(content)) {
    const json = tryParseJson(content);
    if (json !== undefined) return ofJson(json);
  }
  const lines = content.split(/\r?\n/).map((line) => line.trim()).filter((line) => line !== "");
  if (lines.length === 0) return undefined;
  return synsets(lines) ?? table(content) ?? numberedLines(lines) ??
    (/^[[{]/.test(content) ? undefined : lines.map(label));
}

function label(name: string): ClassLabel {
  return { id: name, name };
}

const text = z.string().min(1);
/** One class: a name, a pair of id and name, or an object with them. */
const entrySchema = z.union([
  text.transform(label),
  z.tuple([text, text]).transform(([id, name]) => ({ id, name })),
  z.object({ id: z.union([text, z.number()]), name: text })
    .transform(({ id, name }) => ({ id: `${id}`, name })),
]);
const listSchema = z.array(entrySchema).min(1);
const numberSchema = z.record(z.string(), z.number().int());
const objectSchema = z.record(z.string().regex(/^\d+$/), entrySchema);

function ofJson(json: unknown): ClassLabel[] | undefined {
  const list = listSchema.safeParse(json);
  if (list.success) return list.data;
  // As torchvision's class_to_idx and Keras's class_indices.
  const numbers = numberSchema.safeParse(json);
  if (numbers.success) {
    return inOrder(Object.entries(numbers.data).map(([name, at]) => [at, label(name)]));
  }
  const object = objectSchema.safeParse(json);
  return object.success
    ? inOrder(Object.entries(object.data).map(([at, entry]) => [Number(at), entry]))
    : undefined;
}

/** Orders classes by their numbers, which must be 0, 1, 2 … or 1, 2, 3 … */
function inOrder(numbered: readonly (readonly [number, ClassLabel])[]): ClassLabel[] | undefined {
  const sorted = numbered.toSorted(([a], [b]) => a - b);
  const first = sorted[0]?.[0];
  const isWhole = (first === 0 || first === 1) &&
    sorted.every(([at], index) => at === first + index);
  return isWhole ? sorted.map(([, entry]) => entry) : undefined;
}

function synsets(lines: readonly string[]): ClassLabel[] | undefined {
  const matches = lines.map((line) => /^(n\d{8})[\s,]+([^,]*[^,\s])/.exec(line));
  if (!matches.every((match) => match !== null)) return undefined;
  return matches.map(([, id, name]) => ({ id: id!, name: name! }));
}

/** Columns by what they hold. */
const columns = {
  name: /^(name|names|class|classes|class_?name|label_?name|description)$/i,
  id: /^(wnid|synset|synset_id|id|label)$/i,
  number: /^(index|idx|number|class_?index|class_?id|id|label)$/i,
};

function table(content: string): ClassLabel[] | undefined {
  const rows = rowsOf(content);
  const [header = [], ...body] = rows ?? [];
  const find = (column: RegExp): number => header.findIndex((cell) => column.test(cell));
  const name = find(columns.name) >= 0 ? find(columns.name) : find(/^label$/i);
  if (
    !rows || name < 0 || body.length === 0 ||
    header.length > 1 && rows.some(({ length }) => length !== header.length)
  ) {
    return undefined;
  }
  const isNumbers = (at: number): boolean => body.every((row) => /^\d+$/.test(row[at] ?? ""));
  const number = header.findIndex((cell, at) =>
    at !== name && columns.number.test(cell) && isNumbers(at)
  );
  const id = header.findIndex((cell, at) => at !== name && at !== number && columns.id.test(cell));
  const labels = body.map((row) => ({ id: row[id < 0 ? name : id]!, name: row[name]! }));
  return number < 0 ? labels : inOrder(labels.map((one, at) => [Number(body[at]![number]), one]));
}

function rowsOf(content: string): string[][] | undefined {
  try {
    const options = { trim: true, skip_empty_lines: true, relax_column_count: true };
    return parse(content, { ...options, delimiter: [",", ";", "\t"] });
  } catch {
    return undefined;
  }
}

/** Lines like `0 cat`, `0: 'cat',` or `0,cat`. */
function numberedLines(lines: readonly string[]): ClassLabel[] | undefined {
  const matches = lines.map((line) =>
    /^\{?\s*(\d+)\s*[\s:,;]\s*(['"]?)(.+?)\2,?\s*\}?$/.exec(line)
  );
  if (!matches.every((match) => match !== null)) return undefined;
  return inOrder(matches.map(([, at, , name]) => [Number(at), label(name!)]));
}
