import assert from "node:assert/strict";
import type { Dataset, Split } from "../../lib/data/dataset.ts";
import { subset, subsetClasses, subsetPerClass } from "../../lib/data/subset.ts";

function splitOf(...labels: number[]): Split {
  return {
    length: labels.length,
    labels: Uint16Array.from(labels),
    path: (index) => `${index}.png`,
    image: (index) =>
      Promise.resolve({ width: 1, height: 1, data: Uint8Array.of(index, index, index) }),
  };
}

const dataset: Dataset = {
  name: "numbers",
  classes: [{ id: "a", name: "a" }, { id: "b", name: "b" }],
  train: splitOf(0, 1, 0, 0, 1, 0),
  validation: splitOf(1, 0, 1),
  warnings: [],
};

Deno.test("subsetPerClass() takes the first images of each class, in the split's order", async () => {
  const { train, validation } = subsetPerClass(dataset, { train: 2, validation: 1 });
  assert.deepEqual([...train.labels], [0, 1, 0, 1]);
  assert.deepEqual([0, 1, 2, 3].map(train.path), ["0.png", "1.png", "2.png", "4.png"]);
  assert.equal((await train.image(3, { mode: "stretch", size: 1 })).data[0], 4);
  assert.deepEqual([...validation.labels], [1, 0]);
});

Deno.test("subsetPerClass() takes all of a class that has fewer, and rejects a count of 0", () => {
  assert.equal(subsetPerClass(dataset, { train: 3, validation: 9 }).train.length, 5);
  const refused = (): Dataset => subsetPerClass(dataset, { train: 0, validation: 1 });
  assert.throws(refused, /train must be a whole number above 0. Received: 0/);
});

Deno.test("subsetClasses() keeps the samples of the given classes, renumbered in the given order", async () => {
  const four: Dataset = {
    ...dataset,
    classes: ["a", "b", "c", "d"].map((id) => ({ id, name: id })),
    train: splitOf(0, 1, 2, 3, 1),
    validation: splitOf(3, 0, 2),
  };
  const { classes, train, validation } = subsetClasses(four, ["d", "b"]);
  assert.deepEqual(classes.map(({ id }) => id), ["d", "b"]);
  assert.deepEqual([...train.labels], [1, 0, 1]);
  assert.deepEqual([0, 1, 2].map(train.path), ["1.png", "3.png", "4.png"]);
  assert.equal((await train.image(2, { mode: "stretch", size: 1 })).data[0], 4);
  assert.deepEqual([...validation.labels], [0]);
  assert.equal(subsetClasses(four, "all"), four);
});

Deno.test("subsetClasses() rejects unknown and repeated ids", () => {
  assert.throws(() => subsetClasses(dataset, ["b", "x"]), /must be of a, b. Received: x$/);
  assert.throws(() => subsetClasses(dataset, ["b", "b"]), /must differ .*Received: b,b$/);
});

Deno.test("subset() may repeat a sample", () => {
  assert.deepEqual([...subset(dataset.train, [4, 4, 0]).labels], [1, 1, 0]);
});
