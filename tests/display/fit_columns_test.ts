import assert from "node:assert/strict";
import { barLine, keepWhole, wrapLines } from "../../lib/display/fit_columns.ts";
import { columnsOf } from "../../lib/display/foreign_text.ts";

Deno.test("wrapLines() breaks at spaces, and sets what follows under the text after a label", () => {
  assert.equal(
    wrapLines("warning    the loss stays at 2.3", 24),
    "warning    the loss\n           stays at 2.3",
  );
  assert.equal(
    wrapLines("left out   2 files of a kind", 22),
    "left out   2 files of\n           a kind",
  );
  assert.equal(wrapLines("  a row of a table", 12), "  a row of a\n  table");
  assert.equal(wrapLines("one line\nand another", 11), "one line\nand another");
  assert.equal(wrapLines("any line", Infinity), "any line");
});

Deno.test("wrapLines() keeps paths whole, however long they are", () => {
  const path = "/home/somebody/runs/a-very-long-name";
  assert.equal(wrapLines(`written to ${path} now`, 20), `written to\n${path}\nnow`);
  const spaces = "/home/somebody/my runs/one";
  assert.equal(wrapLines(`run        ${keepWhole(spaces)}`, 20), `run        ${spaces}`);
  assert.equal(wrapLines(keepWhole("a b"), Infinity), "a b");
});

Deno.test("wrapLines() breaks a command so that a shell still takes it as one", () => {
  const line = "To continue: deno task train --run runs/one --resume";
  const wrapped = wrapLines(line, 40);
  assert.equal(wrapped, "To continue: deno task train --run \\\nruns/one --resume");
  assert.ok(wrapped.split("\n").every((part) => part.length <= 40));
  assert.equal(wrapped.replace(/\\\n/g, ""), line);
  assert.match(wrapLines("next       deno task report --run one", 36), / --run \\\n {11}one$/);
});

Deno.test("barLine() keeps the time left longest", () => {
  const content = {
    label: "training",
    done: 12,
    total: 48,
    note: "epoch 1/4, loss 2.301, accuracy 12.5 %, 130 images/s, 3 min 20 s left",
  };
  const at = (columns: number): string => barLine(content, columns);
  const bar = "█".repeat(6) + "░".repeat(18);
  assert.equal(at(120), `training ${bar} 12/48 ${content.note}`);
  assert.match(
    at(80),
    /^training [█░]{8,} 12\/48 epoch 1\/4, loss 2\.301, accuracy 12\.5 %, 3 min 20 s left$/,
  );
  assert.match(at(59), /^training [█░]{8,} 12\/48 epoch 1\/4, 3 min 20 s left$/);
  assert.match(at(45), /^training [█░]{8,} 12\/48 3 min 20 s left$/);
  assert.equal(at(32), "training 12/48 3 min 20 s left");
  assert.equal(at(26), "training 3 min 20 s left");
  assert.equal(at(16), "3 min 20 s left");
  for (let columns = 10; columns <= 130; columns++) assert.ok(columnsOf(at(columns)) <= columns);
});

Deno.test("barLine() shows counts without a note, and an empty bar of nothing", () => {
  assert.equal(
    barLine({ label: "images", done: 3, total: 12, note: "" }, 40),
    `images ${"█".repeat(6)}${"░".repeat(18)} 3/12`,
  );
  assert.equal(
    barLine({ label: "images", done: 0, total: 0, note: "" }, 40),
    `images ${"░".repeat(24)} 0/0`,
  );
});
