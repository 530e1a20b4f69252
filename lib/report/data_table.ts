import { attributes, type Content, type Html, markup } from "./markup.ts";

/** A cell: what it shows, and where that is not finite, what it is sorted by. */
export interface Cell {
  readonly shown: Content;
  readonly value?: number;
  /** Whether it stands out, as the best of its column. */
  readonly strong?: boolean;
}

/** A column's head. */
export interface Column {
  readonly label: string;
  /** `number` stands at the right, `text` has room for some words. */
  readonly kind?: "number" | "text";
}

/** Heads of columns of numbers. */
export function numbers(...labels: readonly string[]): Column[] {
  return labels.map((label) => ({ label, kind: "number" }));
}

/** How {@linkcode dataTable} is made. */
export interface DataTableOptions {
  readonly caption: string;
  readonly columns: readonly (Column | string)[];
  /** Its first cell names the row. */
  readonly rows: readonly (readonly (Cell | Content)[])[];
  /** Whether a reader may sort it by any column. */
  readonly sortable?: boolean;
}

/** A table with a caption and with heads for columns and rows, in a box that scrolls where it is wide. */
export function dataTable({ caption, columns, rows, sortable = false }: DataTableOptions): Html {
  const heads = columns.map((column) => typeof column === "string" ? { label: column } : column);
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${caption}">
<table${attributes({ "data-sortable": sortable })}>
<caption>${caption}</caption>
<thead><tr>${heads.map(writeHead)}</tr></thead>
<tbody>
${rows.map((row) => writeRow(row, heads))}</tbody>
</table>
</div>`;
}

function writeHead({ label, kind }: Column): Html {
  return markup`<th${attributes({ scope: "col", class: kind })}>${label}</th>`;
}

function writeRow(row: readonly (Cell | Content)[], heads: readonly Column[]): Html {
  const cells = row.map((content, index) => {
    const { shown, value, strong = false } = isCell(content) ? content : { shown: content };
    const inner = strong ? markup`<strong>${shown}</strong>` : shown;
    const own = { class: heads[index]?.kind, "data-value": value };
    return index === 0
      ? markup`<th${attributes({ scope: "row", ...own })}>${inner}</th>`
      : markup`<td${attributes(own)}>${inner}</td>`;
  });
  return markup`<tr>${cells}</tr>
`;
}

function isCell(content: Cell | Content): content is Cell {
  return typeof content === "object" && "shown" in content;
}
