import assert from "node:assert/strict";
import { paperErrorsFigure } from "../../lib/paper/errors_figure.ts";
import { assertNumbers, assertSnapshot } from "../figures/snapshot.ts";
import { exampleResults } from "./example_results.ts";

Deno.test("paperErrorsFigure() draws the miniature beside the paper as in the snapshot", () => {
  const figure = paperErrorsFigure(exampleResults, { subtitle: "an example" });
  assertNumbers(figure);
  return assertSnapshot("paper_errors", figure);
});

Deno.test("paperErrorsFigure() shows every result twice, with whiskers for single test scales", () => {
  const { data } = paperErrorsFigure(exampleResults);
  const marks = data.map((trace) => (trace as { x: number[] }).x.length);
  assert.equal(marks.reduce((sum, count) => sum + count, 0), 2 * exampleResults.length);
  assert.equal(data.filter((trace) => "error_y" in trace).length, 3);
});

Deno.test("paperErrorsFigure() rejects an empty list", () => {
  assert.throws(() => paperErrorsFigure([]), /one result or more\. Received: none/);
});
