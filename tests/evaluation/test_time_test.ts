import assert from "node:assert/strict";
import { passesOf, resizeForPass, resolveTestTime } from "../../lib/evaluation/test_time.ts";
import { formatTestTime } from "../../lib/runs/display/test_time_text.ts";
import type { Evaluation } from "../../lib/runs/schemas.ts";
import { runOf } from "./formula_images.ts";

const network = { configuration: "A", inputSize: 64, classes: 5 } as const;
const cropped = runOf({ network, squash: false });
const stretched = runOf({ network, squash: true });

Deno.test("resolveTestTime() takes the center at the scale of the run's validation", () => {
  const center = { crops: "center", flip: false } as const;
  assert.deepEqual(resolveTestTime(cropped), { ...center, scales: [72] });
  assert.deepEqual(resolveTestTime(stretched), { ...center, scales: [64] });
});

Deno.test("resolveTestTime() takes flip from the options, else the recipe for center, else true", () => {
  const flipping = { ...cropped, recipe: { ...cropped.recipe, flipAtTest: true } };
  assert.equal(resolveTestTime(flipping).flip, true);
  assert.equal(resolveTestTime(flipping, { flip: false }).flip, false);
  assert.equal(resolveTestTime(cropped, { flip: true }).flip, true);
  for (const crops of ["dense", "multi", "both"] as const) {
    assert.equal(resolveTestTime(cropped, { crops }).flip, true);
    assert.equal(resolveTestTime(cropped, { crops, flip: false }).flip, false);
  }
});

Deno.test("resolveTestTime() takes shifts from the recipe, for the center alone", () => {
  const shifting = { ...cropped, recipe: { ...cropped.recipe, shiftAtTest: 1 } };
  assert.equal(resolveTestTime(shifting).shift, 1);
  assert.equal(resolveTestTime(shifting, { crops: "dense" }).shift, undefined);
  assert.equal(resolveTestTime(cropped).shift, undefined);
});

Deno.test("resolveTestTime() rejects scales and crops that are not allowed", () => {
  const rule = "scales must be whole numbers from 64, the input size of formula, to 4096. ";
  for (const scale of [63, 8, 0, -1, 64.5, NaN, 5000]) {
    assert.throws(() => resolveTestTime(cropped, { scales: [72, scale] }), {
      name: "OptionError",
      message: `${rule}Received: ${scale}`,
    });
  }
  assert.throws(
    () => resolveTestTime(cropped, { scales: [72, 80, 72] }),
    /scales must differ from each other\. Received: 72, 80, 72/,
  );
  assert.throws(() => resolveTestTime(cropped, { scales: [] }), /scales must be one or more/);
  assert.throws(
    () => resolveTestTime(cropped, { crops: "x" as "center" }),
    /crops must be one of center, dense, multi, both\. Received: x/,
  );
});

Deno.test("passesOf() gives each scale and each crop mode an equal share", () => {
  const testTime = { scales: [64, 72], flip: true } as const;
  assert.deepEqual(passesOf({ ...testTime, crops: "both" }), [
    { crops: "dense", scale: 64, share: 0.25 },
    { crops: "multi", scale: 64, share: 0.25 },
    { crops: "dense", scale: 72, share: 0.25 },
    { crops: "multi", scale: 72, share: 0.25 },
  ]);
  assert.deepEqual(passesOf({ ...testTime, crops: "center" }).map(({ share }) => share), [
    ...[0.5, 0.5],
  ]);
});

Deno.test("resizeForPass() resizes as the run was trained", () => {
  const share = 1;
  for (const crops of ["center", "dense", "multi"] as const) {
    assert.deepEqual(resizeForPass(stretched, { crops, scale: 80, share }), {
      mode: "stretch",
      size: 80,
    });
  }
  assert.deepEqual(resizeForPass(cropped, { crops: "dense", scale: 80, share }), {
    ...{ mode: "shortest-side", size: 80 },
  });
  assert.deepEqual(resizeForPass(cropped, { crops: "center", scale: 80, share }), {
    ...{ mode: "crop", size: 64, shortestSide: 80 },
  });
});

Deno.test("formatTestTime() says how predictions were made, if that is known", () => {
  const format = (evaluation: Partial<Evaluation>): string =>
    formatTestTime(evaluation as Evaluation);
  assert.equal(format({ crops: "center", scales: [64], flip: false }), "center at 64 px");
  assert.equal(
    format({ crops: "both", scales: [224, 256, 288], flip: true, runs: ["a", "b"] }),
    "dense and multi-crop at 224, 256 and 288 px with flips, 2 runs",
  );
  assert.equal(format({}), "");
});
