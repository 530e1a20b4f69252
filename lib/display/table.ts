import { type Bundle, showAs } from "./bundle.ts";
import { columnsOf, showControls } from "./foreign_text.ts";
import { attributes, type Content, Html, markup } from "./markup.ts";

/** Value of a cell. Numbers get commas between thousands; fractions are rounded to four digits. */
export type Value = string | number;

/** Cell of an HTML table that is sorted by another value than its text. */
export interface SortedCell {
  readonly shown: Content;
  readonly value: number;
}

/** A table's title, columns and rows. */
export interface TableContent<Cell = string | number> {
  /** A line above it. */
  readonly title?: string;
  /**
   * Column headers; absent for a list of names and values. `numeric` sets the column right; default: if
   * all values are quantities.
   */
  readonly columns?: readonly (string | { readonly label: string; readonly numeric: boolean })[];
  /** Cells of each row. Numbers get commas between thousands; fractions are rounded to four digits. */
  readonly rows: readonly (readonly Cell[])[];
  /** A last row that stands apart, such as a sum. */
  readonly foot?: readonly Cell[];
}

/** A column header of a table. */
export type Column = NonNullable<TableContent["columns"]>[number];

/** Cell of {@linkcode htmlTable}. */
export type HtmlCell = Value | Html | SortedCell;

/**
 * Returns a table that a notebook shows as a cell's last value.
 *
 * @example
 * ```ts
 * import { table } from "vgg";
 *
 * table({ columns: ["net", "parameters"], rows: [["VGG16", 138_357_544], ["VGG19", 143_667_240]] });
 * ```
 */
export function table(content: TableContent): TableContent {
  return showAs({ ...content }, tableBundle);
}

/** Returns a table in HTML and in plain text. */
export function tableBundle(content: TableContent): Bundle {
  return { "text/plain": plainTable(content), "text/html": htmlTable(content).text };
}

/** Returns headers of numeric columns. */
export function numbers(...labels: readonly string[]): Column[] {
  return labels.map((label) => ({ label, numeric: true }));
}

/** Returns the header of a column of texts, also where all of them look like numbers. */
export function textColumn(label: string): Column {
  return { label, numeric: false };
}

/**
 * Writes a table as HTML that needs no style sheet and passes Jupyter's sanitizer. The first cell of a
 * row is its header.
 *
 * @param options `sortable` marks the table for the report's script, which sorts it by any column.
 */
export function htmlTable(
  content: TableContent<HtmlCell>,
  { sortable = false }: { readonly sortable?: boolean } = {},
): Html {
  const { title, columns, rows, foot } = content;
  const numeric = numericColumns(content);
  const line = (row: readonly HtmlCell[], scope?: "col"): Html => {
    const cells = row.map((cell, at) => {
      const { shown, value } = isSorted(cell) ? cell : { shown: cell, value: cell };
      const tag = new Html(scope || at === 0 ? "th" : "td");
      const own = attributes({
        scope: scope ?? (at === 0 && "row"),
        style: `text-align:${numeric[at] ? "right" : "left"}`,
        "data-value": sortable && typeof value === "number" && value,
      });
      return markup`<${tag}${own}>${typeof shown === "number" ? cellText(shown) : shown}</${tag}>`;
    });
    return markup`<tr>${cells}</tr>\n`;
  };
  return markup`<table${attributes({ "data-sortable": sortable })}>
${title && markup`<caption style="text-align:left">${title}</caption>\n`}${
    columns && markup`<thead>${line(columns.map(labelOf), "col")}</thead>\n`
  }<tbody>
${rows.map((row) => line(row))}</tbody>
${foot && markup`<tfoot>${line(foot)}</tfoot>\n`}</table>`;
}

function isSorted(cell: HtmlCell): cell is SortedCell {
  return typeof cell === "object" && "shown" in cell;
}

/**
 * Writes a table for terminals, its columns aligned.
 *
 * @param options `indent` is the number of spaces before each line; `widths` are least widths of the
 *   columns, which align tables that are printed one after another.
 */
export function plainTable(
  content: TableContent,
  { indent = 0, widths: least = [] }: {
    readonly indent?: number;
    readonly widths?: readonly number[];
  } = {},
): string {
  const numeric = numericColumns(content);
  const texts = textRows(content);
  const widths = numeric.map((_, column) =>
    texts.reduce(
      (width, row) => Math.max(width, columnsOf(row[column] ?? "")),
      least[column] ?? 0,
    )
  );
  const lines = texts.map((row) =>
    " ".repeat(indent) +
    row.map((text, column) => {
      const space = " ".repeat(widths[column]! - columnsOf(text));
      return numeric[column] ? space + text : text + space;
    }).join("  ").trimEnd()
  );
  return [...(content.title ? [content.title] : []), ...lines].join("\n");
}

/** Writes a table as Markdown; its title is a heading of level 2. */
export function markdownTable(content: TableContent): string {
  const { title, columns } = content;
  const numeric = numericColumns(content);
  const [head, ...rows] = textRows({ ...content, columns: columns ?? numeric.map(() => "") });
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    ...(title ? [`## ${title}`, ""] : []),
    line(head!),
    line(numeric.map((right) => right ? "---:" : "---")),
    ...rows.map(line),
  ].join("\n");
}

function textRows({ columns, rows, foot }: TableContent): string[][] {
  return [...(columns ? [columns.map(labelOf)] : []), ...rows, ...(foot ? [foot] : [])]
    .map((row) => row.map((cell) => showControls(cellText(cell))));
}

/** A number with a sign or a unit, or a range of them: `-0.5`, `99.2 %`, `3 min`, `1.5 to 2.5`. */
const quantity = /^[-−+]?\d[\d.,]*(?:\s?[%×a-zA-Z/]{1,8})?(?: to \d[\d.,]*(?:\s?%)?)?$/;

/** Whether each column is numeric: as its header says, or because all of its values are quantities. */
function numericColumns({ columns, rows }: TableContent<HtmlCell>): boolean[] {
  const count = Math.max(columns?.length ?? 0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => {
    const column = columns?.[index];
    if (typeof column === "object") return column.numeric;
    const values = rows.map((row) => row[index] ?? "").filter((value) => value !== "");
    return values.length > 0 &&
      values.every((value) =>
        typeof value === "string" ? quantity.test(value) : typeof value === "number"
      );
  });
}

function labelOf(column: Column): string {
  return typeof column === "string" ? column : column.label;
}

function cellText(value: Value): string {
  if (typeof value === "string") return value;
  const digits = Number.isInteger(value) ? 21 : 4;
  return value.toLocaleString("en-US", { maximumSignificantDigits: digits });
}
