import assert from "node:assert/strict";
import { classScores } from "../../../lib/evaluation/metrics/class_scores.ts";

Deno.test("classScores() gives recall, precision and F1 as computed by hand", () => {
  const [cats, dogs] = classScores([[8, 2], [4, 6]]);
  assert.equal(cats?.recall, 0.8);
  assert.equal(cats?.precision, 8 / 12);
  assert.equal(cats?.f1?.toFixed(6), (2 * 0.8 * (8 / 12) / (0.8 + 8 / 12)).toFixed(6));
  assert.equal(dogs?.recall, 0.6);
  assert.equal(dogs?.precision, 0.75);
});

Deno.test("classScores() is null where there is no image to divide by", () => {
  const [present, absent, onlyPredicted] = classScores([[3, 0, 1], [0, 0, 0], [0, 0, 0]]);
  assert.deepEqual(present, { recall: 0.75, precision: 1, f1: 6 / 7 });
  assert.deepEqual(absent, { recall: null, precision: null, f1: null });
  assert.deepEqual(onlyPredicted, { recall: null, precision: 0, f1: 0 });
});
