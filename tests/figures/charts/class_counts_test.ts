import assert from "node:assert/strict";
import { classCountsFigure } from "../../../lib/figures/charts/class_counts.ts";
import { assertSnapshot } from "../snapshot.ts";

const classes = [["cat", 80, 20], ["dog", 40, 10]].map(([name, ...counts]) => ({
  id: String(name),
  name: String(name),
  counts: counts.map(Number),
}));
const parts = ["training", "validation"];

Deno.test("classCountsFigure() draws two classes as in the snapshot", () =>
  assertSnapshot("class_counts", classCountsFigure(classes, parts)));

Deno.test("classCountsFigure() has a bar for each part, and the sums beside them", () => {
  const { data, layout } = classCountsFigure(classes, parts);
  assert.deepEqual(data.map((bars) => (bars as { x: number[] }).x), [[80, 40], [20, 10]]);
  assert.deepEqual(
    layout.annotations?.map(({ text }) => text),
    ["<b>training</b>", "<b>validation</b>", "100", "50"],
  );
});

Deno.test("classCountsFigure() draws the largest and the smallest of many classes, and says so", () => {
  const many = Array.from(
    { length: 100 },
    (_, at) => ({ id: `c${at}`, name: `c${at}`, counts: [at] }),
  );
  const { data, layout } = classCountsFigure(many, ["training"]);
  const { x } = data[0] as { x: number[] };
  assert.deepEqual([x.length, x[0], x[19], x[20], x[39]], [40, 99, 80, 19, 0]);
  assert.match(String((layout.title as { text: string }).text), /20 smallest of 100 classes/);
});

Deno.test("classCountsFigure() rejects no classes", () => {
  assert.throws(() => classCountsFigure([], parts), /Received: 0, 2/);
});
