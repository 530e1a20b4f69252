import assert from "node:assert/strict";
import { displaySymbol, isShowable, showAs } from "../../lib/display/bundle.ts";
import { markup } from "../../lib/display/markup.ts";
import {
  htmlTable,
  markdownTable,
  numbers,
  plainTable,
  table,
  tableBundle,
  type TableContent,
} from "../../lib/display/table.ts";

const networks: TableContent = {
  title: "Networks",
  columns: ["net", "parameters"],
  rows: [["VGG16", 138357544], ["C", 7]],
  foot: ["both", 138357551],
};

Deno.test("plainTable() sets numbers right and texts left, under each other", () => {
  assert.equal(
    plainTable(networks),
    [
      "Networks",
      "net     parameters",
      "VGG16  138,357,544",
      "C                7",
      "both   138,357,551",
    ].join("\n"),
  );
});

Deno.test("plainTable() indents lines and keeps least widths", () => {
  assert.equal(
    plainTable({ rows: [["a", 1], ["b", 12]] }, { indent: 2, widths: [3, 3] }),
    "  a      1\n  b     12",
  );
});

Deno.test("htmlTable() names rows and columns by headers, and sets numbers right", () => {
  assert.equal(
    htmlTable(networks).text,
    `<table>
<caption style="text-align:left">Networks</caption>
<thead><tr><th scope="col" style="text-align:left">net</th>` +
      `<th scope="col" style="text-align:right">parameters</th></tr>
</thead>
<tbody>
<tr><th scope="row" style="text-align:left">VGG16</th>` +
      `<td style="text-align:right">138,357,544</td></tr>
<tr><th scope="row" style="text-align:left">C</th><td style="text-align:right">7</td></tr>
</tbody>
<tfoot><tr><th scope="row" style="text-align:left">both</th>` +
      `<td style="text-align:right">138,357,551</td></tr>
</tfoot>
</table>`,
  );
});

Deno.test("htmlTable() tells what sortable cells are sorted by, and takes markup", () => {
  const rows = [[markup`<b>a</b>`, 1234, { shown: "1.2 k", value: 1200 }, "none"]];
  const columns = ["name", ...numbers("count", "cost", "share")];
  assert.match(
    htmlTable({ columns, rows }, { sortable: true }).text,
    new RegExp(
      '<table data-sortable>.*><b>a</b></th><td style="text-align:right" data-value="1234">1,234' +
        '</td><td style="text-align:right" data-value="1200">1.2 k</td>' +
        '<td style="text-align:right">none</td>',
      "s",
    ),
  );
});

Deno.test("markdownTable() aligns columns of numbers, and escapes what ends a cell", () => {
  assert.equal(
    markdownTable({ ...networks, rows: [["a|b", 0.5]] }),
    [
      ...["## Networks", "", "| net | parameters |", "| --- | ---: |"],
      ...["| a\\|b | 0.5 |", "| both | 138,357,551 |"],
    ].join("\n"),
  );
});

Deno.test("plainTable() sets quantities and ranges right, where the whole column is of them", () => {
  const rows = [["99.2 %", "3 min", "9 to 10.5", "1 of 2"], ["7.5 %", "12 s", "1", "2"], [
    "",
    "",
    "",
    "",
  ]];
  assert.equal(
    plainTable({ columns: ["share", "time", "range", "all"], rows }),
    " share   time      range  all\n99.2 %  3 min  9 to 10.5  1 of 2\n 7.5 %   12 s          1  2\n",
  );
});

Deno.test("tableBundle() keeps whole numbers exact, and four digits of others", () => {
  const rows = [[138357544, 0.69141], [-3, 19.6321], [0, 0.5]];
  assert.equal(
    tableBundle({ rows })["text/plain"],
    "138,357,544  0.6914\n         -3   19.63\n          0     0.5",
  );
});

Deno.test("tableBundle() shows names as they are, also those that look like HTML", () => {
  const { "text/html": html } = tableBundle({ rows: [["<b>&", 1]] });
  assert.ok(html!.includes("&lt;b&gt;&amp;"));
});

Deno.test("a table shows itself, and is plain data to everything else", async () => {
  const content = { rows: [["a", 1]] };
  const shown = table(content);
  assert.deepEqual(shown, content);
  assert.equal(JSON.stringify(shown), JSON.stringify(content));
  assert.ok(isShowable(shown));
  assert.equal((await shown[displaySymbol]())["text/plain"], "a  1");
  assert.ok(!isShowable(content));
});

Deno.test("showAs() describes the object that it was given", async () => {
  const shown = showAs({ size: 3 }, ({ size }) => ({ "text/plain": `size ${size}` }));
  assert.ok(isShowable(shown));
  assert.deepEqual(await shown[displaySymbol](), { "text/plain": "size 3" });
});
