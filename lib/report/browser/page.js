// @ts-check
/// <reference lib="dom" />
// Runs in the report: readers sort tables, copy the command, reach by keyboard what scrolls, and print
// all of it.

/**
 * @param {string} text
 * @param {() => void} onClick
 */
function makeButton(text, onClick) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = text;
  button.addEventListener("click", onClick);
  return button;
}

/**
 * Returns what a row is sorted by: the cell's value or number where it has one, else its text.
 *
 * @param {HTMLTableRowElement} row
 * @param {number} column
 */
function keyOf(row, column) {
  const cell = row.cells[column];
  return cell?.dataset.value === undefined ? cell?.textContent ?? "" : Number(cell.dataset.value);
}

/**
 * Sorts by a column: ascending, or descending where it is ascending already.
 *
 * @param {HTMLTableElement} table
 * @param {HTMLTableCellElement} head
 */
function sortBy(table, head) {
  const isDescending = head.ariaSort === "ascending";
  for (const other of table.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
  head.ariaSort = isDescending ? "descending" : "ascending";
  const body = table.tBodies[0];
  const rows = [...body?.rows ?? []].sort((one, other) => {
    const [a, b] = [keyOf(one, head.cellIndex), keyOf(other, head.cellIndex)];
    const order = typeof a === "number" && typeof b === "number"
      ? a - b
      : String(a).localeCompare(String(b));
    return isDescending ? -order : order;
  });
  body?.append(...rows);
}

/** @type {NodeListOf<HTMLTableElement>} */
const sortable = document.querySelectorAll("table[data-sortable]");
for (const table of sortable) {
  for (const head of table.tHead?.rows[0]?.cells ?? []) {
    head.replaceChildren(makeButton(head.textContent ?? "", () => sortBy(table, head)));
  }
}

for (const command of document.querySelectorAll("pre")) {
  const button = makeButton(
    "Copy",
    () =>
      navigator.clipboard.writeText(command.textContent?.trim() ?? "").then(
        () => button.textContent = "Copied",
        () => getSelection()?.selectAllChildren(command),
      ),
  );
  command.after(button);
}

/**
 * Boxes that scroll say so and can be reached by keyboard; the others would only be in its way.
 */
const boxes = new ResizeObserver((entries) => {
  for (const { target } of entries) mark(target);
});

/** @param {Element} box */
function mark(box) {
  const scrolls = box.scrollWidth > box.clientWidth;
  box.toggleAttribute("data-scrolls", scrolls);
  if (box.matches("nav ul")) return;
  if (scrolls) box.setAttribute("tabindex", "0");
  else box.removeAttribute("tabindex");
}

for (const box of document.querySelectorAll(".scroll, nav ul")) boxes.observe(box);

/** Width of an A4 sheet between its margins, in pixels. */
const paperWidth = 660;

addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  for (const table of document.querySelectorAll("table")) {
    if (table.scrollWidth <= paperWidth) continue;
    table.style.width = `${paperWidth}px`;
    table.style.zoom = String(Math.min(1, paperWidth / table.scrollWidth));
  }
});
addEventListener("afterprint", () => {
  for (const { style } of document.querySelectorAll("table")) style.width = style.zoom = "";
});
