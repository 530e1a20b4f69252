import assert from "node:assert/strict";
import { normalise, resolveNormalisation } from "../../../lib/data/augment/normalise.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { largestDifference, onPlainEngine } from "./support.ts";

const colours = {
  mean: [10, 20, 30],
  standardDeviation: [2, 4, 0],
  covariance: [[4, 0, 0], [0, 16, 0], [0, 0, 0]],
} as const;

onPlainEngine("normalise() brings pixels to what each kind says", () => {
  const expected = {
    "rescale": [12 / 255, 24 / 255, 36 / 255],
    "subtract-mean": [2, 4, 6],
    "standardise": [1, 1, 6],
  };
  for (const kind of ["rescale", "subtract-mean", "standardise"] as const) {
    const values = tf.tidy(() =>
      normalise(tf.tensor4d([12, 24, 36], [1, 1, 1, 3]), resolveNormalisation(kind, colours))
        .dataSync()
    );
    assert.ok(largestDifference(values, expected[kind]) < 1e-6, kind);
  }
});

Deno.test("resolveNormalisation() says when it needs the colours", () => {
  assert.throws(
    () => resolveNormalisation("standardise"),
    /standardise needs the colour statistics/,
  );
});
