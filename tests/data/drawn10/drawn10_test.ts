import assert from "node:assert/strict";
import { drawn10 } from "../../../lib/data/drawn10/mod.ts";
import { countClasses } from "../support.ts";

const stretch = { mode: "stretch", size: 32 } as const;

Deno.test("drawn10() has the article's ten classes in the article's order", () => {
  assert.deepEqual(drawn10().classes.map(({ id, name }) => `${id} ${name}`), [
    "n02909870 bucket",
    "n13037406 gyromitra",
    "n04523525 vault",
    "n04204238 shopping basket",
    "n02410509 bison",
    "n02033041 dowitcher",
    "n02493509 titi",
    "n03249569 drum",
    "n07716358 zucchini",
    "n02483708 siamang",
  ]);
});

Deno.test("drawn10() has 400 training and 50 validation images of each class", () => {
  const dataset = drawn10();
  assert.equal(dataset.train.length, 4000);
  assert.equal(dataset.validation.length, 500);
  assert.deepEqual(countClasses(dataset, dataset.train), Array(10).fill(400));
  assert.deepEqual(countClasses(dataset, dataset.validation), Array(10).fill(50));
});

Deno.test("drawn10() lists samples class by class and names them by id and number", () => {
  const { train, validation } = drawn10({ trainPerClass: 12, validationPerClass: 3 });
  assert.deepEqual([...validation.labels.subarray(0, 7)], [0, 0, 0, 1, 1, 1, 2]);
  assert.equal(train.path(7), "drawn10/train/n02909870/0007.png");
  assert.equal(train.path(12), "drawn10/train/n13037406/0000.png");
  assert.equal(validation.path(29), "drawn10/validation/n02483708/0002.png");
});

Deno.test("drawn10() draws the same image for the same seed, independent of the counts", async () => {
  const few = drawn10({ seed: 3, trainPerClass: 2 });
  const many = drawn10({ seed: 3, trainPerClass: 9 });
  const other = await few.train.image(3, stretch);
  assert.deepEqual(await many.train.image(10, stretch), other);
  assert.deepEqual(await few.train.image(3, stretch), other);
});

Deno.test("drawn10() draws another image for another seed, split or number", async () => {
  const [one, two] = [drawn10({ seed: 1 }), drawn10({ seed: 2 })];
  const images = await Promise.all([
    one.train.image(0, stretch),
    two.train.image(0, stretch),
    one.validation.image(0, stretch),
    one.train.image(1, stretch),
  ]);
  assert.equal(new Set(images.map(({ data }) => data.toString())).size, 4);
});

Deno.test("drawn10() draws squares of the given size in every resize mode", async () => {
  const { train } = drawn10({ trainPerClass: 1 });
  for (const mode of ["stretch", "crop", "shortest-side"] as const) {
    const { width, height, data } = await train.image(4, { mode, size: 48 });
    assert.deepEqual([width, height, data.length], [48, 48, 48 * 48 * 3]);
  }
});

Deno.test("drawn10() crops the center of a larger image in mode crop", async () => {
  const { train } = drawn10({ trainPerClass: 1 });
  const whole = await train.image(4, { mode: "stretch", size: 40 });
  const cut = await train.image(4, { mode: "crop", size: 32, shortestSide: 40 });
  assert.deepEqual([cut.width, cut.height], [32, 32]);
  const at = (row: number, column: number): number => ((row + 4) * 40 + column + 4) * 3;
  for (const [row, column] of [[0, 0], [0, 31], [31, 0], [31, 31]] as const) {
    const start = (row * 32 + column) * 3;
    assert.deepEqual(
      cut.data.slice(start, start + 3),
      whole.data.slice(at(row, column), at(row, column) + 3),
    );
  }
});

Deno.test("drawn10() rejects samples, sizes and counts that are out of range", async () => {
  const { train } = drawn10({ trainPerClass: 2 });
  assert.throws(() => train.path(20), /sample must be 0 to 19\. Received: 20/);
  await assert.rejects(train.image(-1, stretch), /sample must be 0 to 19\. Received: -1/);
  await assert.rejects(
    train.image(0, { mode: "stretch", size: 0 }),
    /size must be a whole number above 0\. Received: 0/,
  );
  assert.throws(
    () => drawn10({ validationPerClass: 0.5 }),
    /validationPerClass must be a whole number above 0\. Received: 0\.5/,
  );
});
