import { type Bundle, showAs } from "./bundle.ts";

/** A table's parts; numbers are set right, with commas between thousands. */
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
export function htmlTable({ title, columns, rows, foot }: TableContent): string {
  const cells = (row: readonly (string | number)[], tag: "td" | "th"): string =>
    row.map((value) => {
      const align = typeof value === "number" ? "right" : "left";
      return `<${tag} style="text-align:${align}">${escapeHtml(cellText(value))}</${tag}>`;
    }).join("");
  const numeric = (column: number): boolean => typeof rows[0]?.[column] === "number";
  const head = columns?.map((name, index) =>
    `<th style="text-align:${numeric(index) ? "right" : "left"}">${escapeHtml(name)}</th>`
  ).join("");
  return [
    ...(title ? [`<p><strong>${escapeHtml(title)}</strong></p>`] : []),
    "<table>",
    ...(head ? [`<thead><tr>${head}</tr></thead>`] : []),
    "<tbody>",
    ...rows.map((row) => `<tr>${cells(row, "td")}</tr>`),
    "</tbody>",
    ...(foot ? [`<tfoot><tr>${cells(foot, "th")}</tr></tfoot>`] : []),
    "</table>",
  ].join("\n");
}

/** A table for terminals, its columns under each other. */
export function plainTable({ title, columns, rows, foot }: TableContent): string {
  const body = [...rows, ...(foot ? [foot] : [])];
  const texts = [...(columns ? [columns] : []), ...body].map((row) => row.map(cellText));
  const widths = Array.from(
    { length: Math.max(0, ...texts.map((row) => row.length)) },
    (_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0)),
  );
  const numeric = widths.map((_, column) => typeof rows[0]?.[column] === "number");
  const lines = texts.map((row) =>
    row.map((text, column) => {
      const width = widths[column]!;
      return numeric[column] ? text.padStart(width) : text.padEnd(width);
    }).join("  ").trimEnd()
  );
  return [...(title ? [title] : []), ...lines].join("\n");
}

function cellText(value: string | number): string {
  return typeof value === "number" ? value.toLocaleString("en-US") : value;
}

/** A text as it stands in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
