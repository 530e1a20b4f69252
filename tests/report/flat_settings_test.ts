import assert from "node:assert/strict";
import { differences, flatten } from "../../lib/report/flat_settings.ts";

Deno.test("flatten() names each leaf in words, and writes lists of numbers in a line", () => {
  const settings = {
    batchNorm: true,
    schedule: { kind: "one-cycle", peak: 0.1 },
    unfreezing: [{ until: 0.35 }, { until: 0.6 }],
    mean: [104.4532814, 110],
    memoryBytes: 25276514304,
    broken: [],
    start: undefined,
  };
  assert.deepEqual([...flatten(settings)], [
    ["batch norm", "yes"],
    ["schedule, kind", "one-cycle"],
    ["schedule, peak", "0.1"],
    ["unfreezing, 1, until", "0.35"],
    ["unfreezing, 2, until", "0.6"],
    ["mean", "104.453, 110"],
    ["memory bytes", "25276514304"],
    ["broken", "none"],
  ]);
});

Deno.test("differences() finds values that are others or missing", () => {
  const one = flatten({ a: 1, b: 2, c: 3 }), other = flatten({ a: 1, b: 3, d: 4 });
  assert.deepEqual(differences([one, other]), ["b", "c", "d"]);
  assert.deepEqual(differences([one, one]), []);
});
