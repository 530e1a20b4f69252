import assert from "node:assert/strict";
import {
  cellsOf,
  entriesOf,
  keptProbabilities,
  largestOf,
  mostKept,
  mostListed,
  sparseList,
  sumOf,
} from "../../lib/runs/sparse.ts";

const many = mostListed + 500;

Deno.test("a sparse list has the length and the numbers that it is given", () => {
  const list = sparseList(many, [[3, 0.5], [many - 1, 2]]);
  assert.equal(list.length, many);
  assert.deepEqual(Object.keys(list), ["3", String(many - 1)]);
  assert.deepEqual(entriesOf(list), [[3, 0.5], [many - 1, 2]]);
  assert.deepEqual([sumOf(list), largestOf(list)], [2.5, many - 1]);
  assert.deepEqual(entriesOf([4, 0]), [[0, 4], [1, 0]]);
  assert.deepEqual([sumOf([4, 1]), largestOf([1, 4, 4])], [5, 1]);
});

Deno.test("cellsOf() has the cells that are not 0", () => {
  assert.deepEqual(cellsOf([[1, 0], [2, 0]]), [[0, 0, 1], [1, 0, 2]]);
  const rows = Array.from({ length: many }, (_, row) => sparseList(many, [[row, 0], [7, row]]));
  assert.deepEqual(cellsOf(rows).slice(0, 2), [[1, 7, 1], [2, 7, 2]]);
});

Deno.test("keptProbabilities() keeps the largest ones, that of the image's class, and what is no number", () => {
  const all = Float64Array.from({ length: many }, (_, label) => (label * 7919) % many / many);
  const kept = entriesOf(keptProbabilities(all, 0));
  const least = [...all].sort((one, other) => other - one)[mostKept - 1]!;
  assert.deepEqual(
    kept,
    [...all.entries()].filter(([label, value]) => value >= least || label === 0),
  );
  assert.equal(kept.length, mostKept + 1);
  const equal = entriesOf(keptProbabilities(new Float64Array(many).fill(0.25), many - 1));
  assert.deepEqual(equal.map(([label]) => label), [...Array(mostKept).keys(), many - 1]);
  assert.deepEqual(entriesOf(keptProbabilities(all.with(9, NaN), 0))[1], [9, NaN]);
});
