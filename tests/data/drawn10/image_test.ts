import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { Image } from "../../../lib/data/dataset.ts";
import { drawnClasses } from "../../../lib/data/drawn10/classes.ts";
import { drawImage } from "../../../lib/data/drawn10/image.ts";
import { randomStream } from "../../../lib/random/stream.ts";

const labels = [...drawnClasses.keys()];

function draw(label: number, number: number, size: number): Image {
  return drawImage(label, randomStream("test", label, number), size);
}

function digest({ data }: Image): string {
  return createHash("sha256").update(data).digest("hex");
}

Deno.test("drawImage() gives the same bytes in any order of drawing", () => {
  const forwards = labels.map((label) => digest(draw(label, 0, 64)));
  draw(0, 1, 160);
  const backwards = labels.toReversed().map((label) => digest(draw(label, 0, 64)));
  assert.deepEqual(backwards.reverse(), forwards);
  assert.equal(new Set(forwards).size, labels.length);
});

Deno.test("drawImage() lets nothing of the image before show through", () => {
  // Each on a new canvas, then over another image, then over itself.
  draw(0, 0, 40);
  for (let number = 0; number < 12; number++) {
    const first = digest(draw(number % 10, number, 41 + number));
    draw(3, number, 41 + number);
    assert.equal(digest(draw(number % 10, number, 41 + number)), first, `image ${number}`);
    assert.equal(digest(draw(number % 10, number, 41 + number)), first, `image ${number}`);
  }
});

Deno.test("drawImage() draws the same scene at every size", () => {
  for (const label of labels) {
    for (const number of [0, 1, 2]) {
      const small = coarse(draw(label, number, 64), 16);
      for (const size of [128, 224]) {
        const large = coarse(draw(label, number, size), 16);
        const other = coarse(draw(label, number + 10, size), 16);
        const same = distance(small, large);
        assert.ok(same < 6, `class ${label}, ${size} px: differs by ${same}`);
        assert.ok(same < distance(small, other) / 3, `class ${label}: not unlike another`);
      }
    }
  }
});

Deno.test("drawImage() fills the frame with more than one tone", () => {
  for (const label of labels) {
    for (let number = 0; number < 10; number++) {
      const cells = coarse(draw(label, number, 64), 16);
      const mean = cells.reduce((sum, value) => sum + value, 0) / cells.length;
      const spread = Math.sqrt(cells.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 768);
      assert.ok(spread > 4, `class ${label}, image ${number}: spread ${spread}`);
      assert.ok(mean > 12 && mean < 243, `class ${label}, image ${number}: mean ${mean}`);
    }
  }
});

Deno.test("drawImage() draws classes that colors alone predict only in part", () => {
  const centroids = labels.map((label) => {
    const all = Array.from({ length: 25 }, (_, number) => coarse(draw(label, number, 32), 4));
    return (all[0] ?? []).map((_, cell) =>
      all.reduce((sum, cells) => sum + (cells[cell] ?? 0), 0) / all.length
    );
  });
  let [right, total] = [0, 0];
  for (const label of labels) {
    for (let number = 100; number < 115; number++, total++) {
      const cells = coarse(draw(label, number, 32), 4);
      const distances = centroids.map((centroid) => distance(cells, centroid));
      if (distances.indexOf(Math.min(...distances)) === label) right++;
    }
  }
  assert.ok(right / total > 0.17 && right / total < 0.6, `${right} of ${total} are right`);
});

Deno.test("drawImage() rejects an unknown class", () => {
  assert.throws(
    () => drawImage(10, randomStream(1), 64),
    /class must be 0 to 9\. Received: 10/,
  );
});

/** The mean colors of a grid of cells. */
function coarse({ width, data }: Image, cells: number): number[] {
  const sums = new Array<number>(cells * cells * 3).fill(0);
  for (let at = 0; at < data.length; at++) {
    const pixel = Math.floor(at / 3);
    const row = Math.floor(Math.floor(pixel / width) * cells / width);
    const column = Math.floor((pixel % width) * cells / width);
    const cell = (row * cells + column) * 3 + at % 3;
    sums[cell] = (sums[cell] ?? 0) + (data[at] ?? 0);
  }
  return sums.map((sum) => sum / (width / cells) ** 2);
}

/** The mean absolute difference. */
function distance(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, at) => sum + Math.abs(value - (other[at] ?? 0)), 0) / one.length;
}
