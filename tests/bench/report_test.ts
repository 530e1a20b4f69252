import assert from "node:assert/strict";
import type { FrameworkName } from "./frameworks.ts";
import type { Outcome } from "./outcome.ts";
import { epochsTable, rowsOf, startTable, stepsTable, table } from "./report.ts";

const work = { what: "train", precision: "float32", size: 32, batch: 64, hidden: 512 } as const;
const opened = { version: "1", parameters: 15_245_130 };
const outcomes: Outcome<FrameworkName>[] = [
  { name: "ours", status: "measured", opened, rounds: [[0.5], [0.5]], peakBytes: 2 ** 30 },
  { name: "keras", status: "measured", opened, rounds: [[1], [1]] },
  { name: "pytorch", status: "failed", reason: "ended by SIGKILL: a | b", rounds: [[1]] },
];

Deno.test("rowsOf() compares each with the first, and makes up no number for who failed", () => {
  const [ours, keras, pytorch] = rowsOf(work, outcomes);
  assert.deepEqual(ours, {
    what: "train",
    framework: "ours",
    precision: "float32",
    size: 32,
    batch: 64,
    images_per_second: { median: 128, best: 128 },
    ratio: null,
    peak_bytes: 2 ** 30,
    parameters: 15_245_130,
    status: "measured",
  });
  assert.equal(keras?.ratio, 2);
  assert.deepEqual(pytorch?.images_per_second, { median: null, best: null });
  assert.equal(pytorch?.ratio, null);
  assert.equal(pytorch?.reason, "ended by SIGKILL: a | b");
});

Deno.test("table() pads its cells, as the formatter does", () => {
  const lines = ["| name | n   |", "| ---- | --- |", "| one  | 1   |"];
  assert.equal(table(["name", "n"], [["one", "1"]]), lines.join("\n"));
});

Deno.test("stepsTable() shows speeds in three figures, and why there is none", () => {
  const shown = stepsTable(rowsOf(work, outcomes)).split("\n").map((line) =>
    line.split(" | ").slice(1).map((cell) => cell.replace(/\|$/, "").trim())
  );
  assert.deepEqual(shown.slice(2), [
    ["ours", "128", "128", "", "1.00 GiB"],
    ["keras", "64.0", "64.0", "2.00 ×", ""],
    ["pytorch", "failed: ended by SIGKILL: a \\| b", "", "", ""],
  ]);
});

Deno.test("stepsTable() names the form in which a peer was measured, and those that failed", () => {
  const peer = { ...outcomes[1]!, form: "float32" };
  const forms = [
    { form: "float32", best: 64 },
    { form: "float32, jit_compile", best: null, reason: "no compiler" },
  ];
  const rows = rowsOf(work, [outcomes[0]!, peer], new Map([["keras", forms]]));
  assert.deepEqual(rows.map(({ form }) => form), [undefined, "float32"]);
  assert.deepEqual(rows[1]?.forms, forms);
  assert.match(stepsTable(rows), /\| keras \(float32; failed: float32, jit_compile\) +\| 64\.0/);
});

Deno.test("startTable() gives median and shortest time of all starts", () => {
  const starts: Outcome[] = [
    { name: "ours", status: "measured", rounds: [[2], [3], [2.5]] },
    { name: "keras", status: "measured", rounds: [[5], [5], [5]] },
  ];
  const [, , ours, keras] = startTable(starts).split("\n");
  assert.match(ours ?? "", /\| ours +\| 2\.50 +\| 2\.00 +\| +\|/);
  assert.match(keras ?? "", /\| keras +\| 5\.00 +\| 5\.00 +\| 2\.00 × +\|/);
});

Deno.test("epochsTable() states the first and the second epoch apart", () => {
  const epochs: Outcome[] = [
    { name: "ours", status: "measured", rounds: [[4, 1], [4, 1]] },
    { name: "keras", status: "measured", rounds: [[6, 5], [6, 5]] },
  ];
  const [, , ours, keras] = epochsTable(epochs, 1000).split("\n");
  assert.match(ours ?? "", /\| ours +\| 250 +\| 1000 +\| +\| +\|/);
  assert.match(keras ?? "", /\| keras +\| 167 +\| 200 +\| 1\.50 × +\| 5\.00 × +\|/);
});
