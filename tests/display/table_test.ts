import assert from "node:assert/strict";
import { displaySymbol, isShowable, showAs } from "../../lib/display/bundle.ts";
import { table, tableBundle } from "../../lib/display/table.ts";

Deno.test("tableBundle() sets numbers right and texts left, under each other", () => {
  const { "text/plain": text, "text/html": html } = tableBundle({
    title: "Networks",
    columns: ["net", "parameters"],
    rows: [["VGG16", 138357544], ["C", 7]],
    foot: ["both", 138357551],
  });
  assert.equal(
    text,
    [
      "Networks",
      "net     parameters",
      "VGG16  138,357,544",
      "C                7",
      "both   138,357,551",
    ].join("\n"),
  );
  assert.match(html!, /<td style="text-align:right">138,357,544<\/td>/);
  assert.match(html!, /<td style="text-align:left">VGG16<\/td>/);
});

Deno.test("tableBundle() sets quantities right as well, where the whole column is of them", () => {
  const rows = [["99.2 %", "3 min", "1 of 2"], ["7.5 %", "12 s", "2"], ["", "", ""]];
  assert.equal(
    tableBundle({ columns: ["share", "time", "all"], rows })["text/plain"],
    " share   time  all\n99.2 %  3 min  1 of 2\n 7.5 %   12 s  2\n",
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
  assert.ok(html!.includes("&#60;b&#62;&#38;"));
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
