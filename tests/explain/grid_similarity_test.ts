import assert from "node:assert/strict";
import type { Grid } from "../../lib/explain/grid.ts";
import { gridSimilarity } from "../../lib/explain/grid_similarity.ts";

function grid(...values: number[]): Grid {
  return { width: values.length, height: 1, channels: 1, values: Float32Array.from(values) };
}

Deno.test("gridSimilarity() is Spearman's correlation of the magnitudes, ties included", () => {
  // The first is the example of scipy.stats.spearmanr; the second was computed by hand.
  const cases = [
    [[1, 2, 3, 4, 5], [5, 6, 7, 8, 7], 0.8207826816681233],
    [[1, -2, 2, 0], [3, 1, -1, 2], -7 / 9],
    [[0.1, 0.2, 0.3, 9], [-1, 2, -3, 4], 1],
  ] as const;
  for (const [one, other, expected] of cases) {
    assert.ok(Math.abs(gridSimilarity(grid(...one), grid(...other)) - expected) < 1e-12);
  }
});

Deno.test("gridSimilarity() is 0 for a grid without any order, and rejects different sizes", () => {
  assert.equal(gridSimilarity(grid(0, 0, 0), grid(1, 2, 3)), 0);
  assert.throws(
    () => gridSimilarity(grid(1), grid(1, 2)),
    /same size. Received: 1 × 1 × 1 and 2 × 1 × 1/,
  );
});
