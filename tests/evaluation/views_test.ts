import assert from "node:assert/strict";
import type { Split } from "../../lib/data/dataset.ts";
import { type PreparedSplit, prepareImages } from "../../lib/data/pipeline/prepared_split.ts";
import { groupViews, type View, viewBatches } from "../../lib/evaluation/views.ts";

/** Images of these sizes. The red, green and blue of a pixel are its column, its row and the image's index. */
async function prepare(...sizes: [width: number, height: number][]): Promise<PreparedSplit> {
  const split: Split = {
    length: sizes.length,
    labels: new Uint16Array(sizes.length),
    path: String,
    image: (index) => {
      const [width, height] = sizes[index]!;
      const data = Uint8Array.from(
        { length: width * height * 3 },
        (_, at) => [Math.floor(at / 3) % width, Math.floor(at / 3 / width), index][at % 3]!,
      );
      return Promise.resolve({ width, height, data });
    },
  };
  return await prepareImages(split, { mode: "shortest-side", size: 1 });
}

const sum = (views: readonly View[]): number =>
  views.reduce((total, { share }) => total + share, 0);

Deno.test("groupViews() spaces a 5×5 grid from edge to edge", async () => {
  const [group] = await groupViews(await prepare([48, 40]), "multi", 32);
  assert.deepEqual([group!.height, group!.width, group!.views.length], [32, 32, 25]);
  assert.deepEqual([...new Set(group!.views.map(({ left }) => left))], [0, 4, 8, 12, 16]);
  assert.deepEqual([...new Set(group!.views.map(({ top }) => top))], [0, 2, 4, 6, 8]);
  assert.ok(group!.views.every(({ share }) => Math.abs(share - 1 / 25) < 1e-12));
});

Deno.test("groupViews() merges equal positions of the grid and adds their shares", async () => {
  const [group] = await groupViews(await prepare([32, 32], [34, 32]), "multi", 32);
  const [first, ...second] = group!.views;
  assert.deepEqual({ ...first!, share: Math.round(first!.share * 1e9) / 1e9 }, {
    ...{ image: 0, left: 0, top: 0, share: 1 },
  });
  // The positions 0, ½, 1, 1½ and 2; halves are rounded up.
  assert.deepEqual(second.map(({ left, share }) => [left, Math.round(25 * share)]), [
    ...[[0, 5], [1, 10], [2, 10]],
  ]);
  assert.ok(Math.abs(sum(group!.views) - 2) < 1e-12);
});

Deno.test("groupViews() groups whole images by shape, and crops the middle for center", async () => {
  const split = await prepare([32, 40], [40, 32], [32, 40]);
  const groups = await groupViews(split, "dense", 32);
  assert.deepEqual(
    groups.map(({ width, height, views }) => [width, height, ...views.map((v) => v.image)]),
    [[32, 40, 0, 2], [40, 32, 1]],
  );
  const [center] = await groupViews(split, "center", 31);
  assert.deepEqual(center!.views.map(({ left, top }) => [left, top]), [[0, 4], [4, 0], [0, 4]]);
});

Deno.test("viewBatches() cuts the views out in batches of equal length", async () => {
  const split = await prepare([5, 4], [4, 4], [4, 6]);
  const [group] = await groupViews(split, "center", 3);
  const made = await Array.fromAsync(viewBatches(split, group!, 2));
  assert.deepEqual(made.map(({ views }) => views.map(({ image, share }) => [image, share])), [
    ...[[[0, 1], [1, 1]], [[2, 1], [0, 0]]],
  ]);
  const pixel = (batch: number, at: number): number[] => [
    ...made[batch]!.pixels.subarray(at * 3, at * 3 + 3),
  ];
  assert.equal(made[0]!.pixels.length, 2 * 3 * 3 * 3);
  assert.deepEqual(pixel(0, 0), [1, 0, 0]);
  assert.deepEqual(pixel(0, 8), [3, 2, 0]);
  assert.deepEqual(pixel(0, 9), [0, 0, 1]);
  assert.deepEqual(pixel(1, 5), [2, 2, 2]);
});
