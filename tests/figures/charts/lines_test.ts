import assert from "node:assert/strict";
import { linesFigure } from "../../../lib/figures/charts/lines.ts";
import { assertNumbers, assertSnapshot } from "../snapshot.ts";

const options = { title: "Losses", xTitle: "step", yTitle: "loss" };

Deno.test("linesFigure() draws two lines and a level as in the snapshot", () => {
  const lines = [
    { name: "stuck", values: [2.3, 2.31, 2.3, 2.3] },
    { name: "learning", values: [2.4, 1.9, 1.4, 1.1], places: [10, 20, 30, 40] },
  ];
  const level = { value: Math.log(10), label: "guessing" };
  return assertSnapshot("lines", linesFigure(lines, { ...options, level }));
});

Deno.test("linesFigure() separates the names of lines that end together", () => {
  const lines = ["one", "two", "three"].map((name) => ({ name, values: [0, 1] }));
  const heights = (linesFigure(lines, options).layout.annotations ?? [])
    .filter(({ text }) => /one|two|three/.test(text ?? ""))
    .map(({ y }) => 330 * Number(y))
    .sort((a, b) => a - b);
  assert.equal(heights.length, 3);
  assert.ok(heights[1]! - heights[0]! >= 16.9 && heights[2]! - heights[1]! >= 16.9, heights.join());
  assert.ok(heights[2]! <= 330.1, "none lies above the plot");
});

Deno.test("linesFigure() places a level on a logarithmic axis by its logarithm", () => {
  const lines = [{ name: "signal", values: [1, 0.01] }];
  const level = { value: 0.1, label: "tenth" };
  const figure = linesFigure(lines, { ...options, logarithmic: true, level, range: [0.01, 1] });
  const label = figure.layout.annotations?.find(({ text }) => text === "tenth");
  assert.equal(label?.y, -1);
  assert.deepEqual(figure.layout.yaxis?.range, [-2, 0]);
});

Deno.test("linesFigure() draws NaN and infinite values as gaps", () => {
  assertNumbers(linesFigure([{ name: "gap", values: [1, NaN, Infinity, 2] }], options));
});

Deno.test("linesFigure() rejects no lines and too many lines", () => {
  assert.throws(() => linesFigure([], options), /1 to 6 lines. Received: 0/);
  const many = Array.from({ length: 7 }, () => ({ name: "line", values: [1] }));
  assert.throws(() => linesFigure(many, options), /1 to 6 lines. Received: 7/);
});
