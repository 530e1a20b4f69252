import assert from "node:assert/strict";
import { normalizeBytes, resolveNormalization } from "../../../lib/data/augment/normalize.ts";
import { largestDifference } from "./support.ts";

const colors = {
  mean: [10, 20, 30],
  standardDeviation: [2, 4, 0],
  covariance: [[4, 0, 0], [0, 16, 0], [0, 0, 0]],
} as const;

Deno.test("normalizeBytes() normalizes pixels by each kind", () => {
  const expected = {
    "rescale": [12 / 255, 24 / 255, 36 / 255],
    "subtract-mean": [2, 4, 6],
    "standardize": [1, 1, 6],
  };
  for (const kind of ["rescale", "subtract-mean", "standardize"] as const) {
    const floats = new Float32Array(6);
    const bytes = Uint8Array.of(12, 24, 36, 12, 24, 36);
    normalizeBytes(bytes, floats, resolveNormalization(kind, colors));
    assert.ok(largestDifference(floats, [...expected[kind], ...expected[kind]]) < 1e-6, kind);
  }
});

Deno.test("resolveNormalization() rejects missing color statistics", () => {
  assert.throws(
    () => resolveNormalization("standardize"),
    /standardize needs the color statistics/,
  );
});
