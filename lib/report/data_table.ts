import { type Content, type Html, html } from "./html.ts";

/** A cell: what it shows, and where that is no number, what it is sorted by. */
export interface Cell {
  readonly shown: Content;
  readonly value?: number;
  /** Whether it stands out, as the best of its column. */
  readonly strong?: boolean;
}

/** A column's head. */
export interface Column {
  readonly label: string;
  /** Whether it holds numbers, which stand at the right. */
  readonly numeric?: boolean;
}

/** How {@linkcode dataTable} is made. */
export interface DataTableOptions {
  readonly caption: Content;
  readonly columns: readonly (Column | string)[];
  /** Its first cell names the row. */
  readonly rows: readonly (readonly (Cell | Content)[])[];
  /** Whether a reader may sort it by any column. */
  readonly sortable?: boolean;
}

/** A table with a caption and with heads for columns and rows, in a box that scrolls where it is wide. */
export function dataTable({ caption, columns, rows, sortable = false }: DataTableOptions): Html {
  const heads = columns.map((column) => typeof column === "string" ? { label: column } : column);
  return html`
    <div class="scroll" tabindex="0" role="group" aria-label="Table">
      <table${sortable
        ? html`
          data-sortable
        `
        : ""}>
        <caption>${caption}</caption>
        <thead>
          <tr>${heads.map(({ label, numeric = false }) =>
            html`
              <th scope="col" ${numeric
                ? html`
                  class="number"
                `
                : ""}>${label}</th>
            `
          )}</tr>
        </thead>
        <tbody>
    ${rows.map((row) => writeRow(row, heads))}</tbody>
        </table>
        </div>
  `;
}

function writeRow(row: readonly (Cell | Content)[], heads: readonly Column[]): Html {
  const cells = row.map((content, index) => {
    const { shown, value, strong = false } = isCell(content) ? content : { shown: content };
    const inner = strong ? html`<strong>${shown}</strong>` : shown;
    const sorted = value === undefined ? "" : html`
      data-value="${value}"
    `;
    const align = heads[index]?.numeric
      ? html`
        class="number"
      `
      : "";
    return index === 0
      ? html`
        <th scope="row" ${align}${sorted}>${inner}</th>
      `
      : html`<td${align}${sorted}>${inner}</td>`;
  });
  return html`
    <tr>${cells}</tr>
  `;
}

function isCell(content: Cell | Content): content is Cell {
  return typeof content === "object" && "shown" in content;
}
