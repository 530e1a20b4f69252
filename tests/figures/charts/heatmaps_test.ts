import assert from "node:assert/strict";
import { heatmapsFigure } from "../../../lib/figures/charts/heatmaps.ts";
import { assertSnapshot } from "../snapshot.ts";

Deno.test("heatmapsFigure() draws two matrices as in the snapshot", () => {
  const maps = [
    { name: "counts", values: [[0, 1], [2, 1]] },
    { name: "shares", values: [[0.5, 0.25], [0, 1]] },
  ];
  return assertSnapshot("heatmaps", heatmapsFigure(maps, { title: "Squares" }));
});

Deno.test("heatmapsFigure() gives each matrix its own scale, and leaves zeros without a number", () => {
  const maps = [{ name: "low", values: [[0, 2]] }, { name: "high", values: [[0, 40]] }];
  const traces = heatmapsFigure(maps, { title: "Squares" }).data as {
    zmax: number;
    text: string[][];
  }[];
  assert.deepEqual(traces.map(({ zmax }) => zmax), [2, 40]);
  assert.deepEqual(traces.map(({ text }) => text), [[["", "2"]], [["", "40"]]]);
});

Deno.test("heatmapsFigure() rejects an empty list", () => {
  assert.throws(() => heatmapsFigure([], { title: "" }), /one matrix or more. Received: none/);
});
