import { type Bundle, showAs } from "./bundle.ts";

/**
 * A table's parts. Columns of numbers are set right, with commas between thousands; what is not whole
 * has four digits.
 */
export interface TableContent {
  /** A line above it. */
  readonly title?: string;
  /** One a column; none for a table that lists names and values. */
  readonly columns?: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** A last row that stands apart: a sum, say. */
  readonly foot?: readonly (string | number)[];
}

/**
 * A table that shows itself as the last value of a notebook's cell.
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

/** A table in HTML and in plain text. */
export function tableBundle(content: TableContent): Bundle {
  return { "text/plain": plainTable(content), "text/html": htmlTable(content) };
}

/** A table as HTML that needs no style sheet and survives Jupyter's sanitizer. */
export function htmlTable(content: TableContent): string {
  const { title, columns, rows, foot } = content;
  const numeric = numericColumns(content);
  const line = (row: readonly (string | number)[], tag: "td" | "th"): string => {
    const cells = row.map((value, column) => {
      const align = numeric[column] ? "right" : "left";
      return `<${tag} style="text-align:${align}">${escapeHtml(cellText(value))}</${tag}>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  };
  return [
    ...(title ? [`<p><strong>${escapeHtml(title)}</strong></p>`] : []),
    "<table>",
    ...(columns ? [`<thead>${line(columns, "th")}</thead>`] : []),
    "<tbody>",
    ...rows.map((row) => line(row, "td")),
    "</tbody>",
    ...(foot ? [`<tfoot>${line(foot, "th")}</tfoot>`] : []),
    "</table>",
  ].join("\n");
}

/** A table for terminals, its columns under each other. */
export function plainTable(content: TableContent): string {
  const { title, columns, rows, foot } = content;
  const numeric = numericColumns(content);
  const texts = [...(columns ? [columns] : []), ...rows, ...(foot ? [foot] : [])]
    .map((row) => row.map(cellText));
  const widths = numeric.map((_, column) =>
    Math.max(...texts.map((row) => row[column]?.length ?? 0))
  );
  const lines = texts.map((row) =>
    row.map((text, column) => {
      const width = widths[column]!;
      return numeric[column] ? text.padStart(width) : text.padEnd(width);
    }).join("  ").trimEnd()
  );
  return [...(title ? [title] : []), ...lines].join("\n");
}

/** A number with a sign or a unit: `-0.5`, `99.2 %`, `3 min`. */
const quantity = /^[-−+]?\d[\d.,]*(?: ?[%×a-zA-Z/]{1,8})?$/;

/** Says of each column whether all that stands in it are numbers, which line up at the right. */
function numericColumns({ columns, rows }: TableContent): boolean[] {
  const count = Math.max(columns?.length ?? 0, ...rows.map((row) => row.length));
  return Array.from({ length: count }, (_, column) => {
    const values = rows.map((row) => row[column] ?? "").filter((value) => value !== "");
    return values.length > 0 &&
      values.every((value) => typeof value === "number" || quantity.test(value));
  });
}

function cellText(value: string | number): string {
  if (typeof value === "string") return value;
  const digits = Number.isInteger(value) ? 21 : 4;
  return value.toLocaleString("en-US", { maximumSignificantDigits: digits });
}

/** A text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
