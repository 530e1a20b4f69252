import assert from "node:assert/strict";
import { histogramFigure } from "../../../lib/figures/charts/histogram.ts";
import { assertSnapshot } from "../snapshot.ts";

const sides = { edges: [0, 32, 64, 128], counts: [1, 20, 4] };
const titles = { title: "Shorter sides", xTitle: "px" };

Deno.test("histogramFigure() draws three bins as in the snapshot", () =>
  assertSnapshot("histogram", histogramFigure(sides, titles)));

Deno.test("histogramFigure() has a bar as high as each count, between its edges", () => {
  const { data: [bars], layout: { xaxis } } = histogramFigure(sides, titles);
  const { x, y, text } = bars as { x: number[]; y: number[]; text: string[] };
  assert.deepEqual([x, y], [[0, 1, 2], [1, 20, 4]]);
  assert.equal(text[2], "64 to 128: 4 images");
  assert.deepEqual(xaxis?.tickvals, [-0.5, 0.5, 1.5, 2.5]);
  assert.deepEqual(xaxis?.ticktext, ["0", "32", "64", "128"]);
});

Deno.test("histogramFigure() leaves out labels that have no room", () => {
  const edges = Array.from({ length: 101 }, (_, at) => 1000 + at);
  const { layout: { xaxis } } = histogramFigure({ edges, counts: edges.slice(1) }, titles);
  assert.ok(xaxis!.tickvals!.length <= 14);
});

Deno.test("histogramFigure() rejects counts that do not fit the edges", () => {
  assert.throws(() => histogramFigure({ edges: [0, 1], counts: [] }, titles), /Received: 2, 0/);
});
