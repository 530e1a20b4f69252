import assert from "node:assert/strict";
import type { Image, Split } from "../../../lib/data/dataset.ts";
import {
  type Batch,
  batches,
  type BatchOptions,
  countBatches,
  shuffledIndices,
} from "../../../lib/data/pipeline/batches.ts";
import { type PreparedSplit, prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { graySplit } from "../support.ts";

async function collect(split: PreparedSplit, options: BatchOptions): Promise<Batch[]> {
  return await Array.fromAsync(batches(split, options));
}

async function tenGrays(): Promise<PreparedSplit> {
  return await prepareImages(graySplit([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), {
    mode: "stretch",
    size: 4,
  });
}

/** An image whose pixels hold their column, their row and `blue`. */
function coordinates(width: number, height: number, blue: number): Image {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set([pixel % width, Math.floor(pixel / width), blue], pixel * 3);
  }
  return { width, height, data };
}

async function coordinateSplit(
  length: number,
  width: number,
  height: number,
): Promise<PreparedSplit> {
  const split: Split = {
    ...graySplit(Array(length).fill(0)),
    image: (index) => Promise.resolve(coordinates(width, height, index)),
  };
  return await prepareImages(split, { mode: "shortest-side", size: Math.min(width, height) });
}

Deno.test("batches() visits every image once, in the order of seed and epoch", async () => {
  const split = await tenGrays();
  const epochOne = await collect(split, { batchSize: 4, seed: 5, epoch: 1 });
  assert.deepEqual(epochOne.map(({ length }) => length), [4, 4, 2]);
  const indices = epochOne.flatMap((batch) => [...batch.indices]);
  assert.deepEqual(indices.toSorted((one, other) => one - other), [...Array(10).keys()]);
  for (const { labels, indices, pixels } of epochOne) {
    assert.deepEqual([...labels], [...indices]);
    indices.forEach((index, position) => assert.equal(pixels[position * 48 + 47], index));
  }
  assert.deepEqual(await collect(split, { batchSize: 4, seed: 5, epoch: 1 }), epochOne);
  assert.notDeepEqual(await collect(split, { batchSize: 4, seed: 5, epoch: 2 }), epochOne);
});

Deno.test("batches() divides each batch among shards and pads an empty one with the first image", async () => {
  const split = await tenGrays();
  const options = { batchSize: 4, seed: 5, epoch: 1 };
  const whole = await collect(split, options);
  for (const count of [2, 3, 4]) {
    const shards = await Promise.all(
      Array.from(
        { length: count },
        (_, index) => collect(split, { ...options, shard: { index, of: count } }),
      ),
    );
    for (const [number, { indices }] of whole.entries()) {
      const parts = shards.map((batches) => batches[number]!);
      assert.ok(parts.every((part) => part.globalBatchSize === indices.length));
      const real = parts.filter(({ isPadding }) => !isPadding);
      assert.equal(real.length, Math.min(count, indices.length));
      const joined = Array.from(
        indices,
        (_, position) => parts[position % count]!.indices[Math.floor(position / count)],
      );
      assert.deepEqual(joined, [...indices]);
      assert.equal(real.reduce((sum, { length }) => sum + length, 0), indices.length);
      for (const { isPadding, indices: [first] } of parts) {
        if (isPadding) assert.equal(first, indices[0]);
      }
    }
  }
});

Deno.test("batches() crops an image the same way in every shard", async () => {
  const split = await coordinateSplit(6, 12, 9);
  const crop = { size: 5, shortestSide: [9, 9], flip: true } as const;
  const options = { batchSize: 6, seed: 5, epoch: 1, crop };
  const [whole] = await collect(split, options);
  const [part] = await collect(split, { ...options, shard: { index: 1, of: 2 } });
  const expected = [1, 3, 5].flatMap((at) => [...whole!.pixels.subarray(at * 75, (at + 1) * 75)]);
  assert.deepEqual([...part!.pixels], expected);
});

Deno.test("batches() keeps the split's order without an epoch, and can drop the last batch", async () => {
  const split = await tenGrays();
  const all = await collect(split, { batchSize: 4, dropLast: true });
  assert.deepEqual(all.map(({ indices }) => [...indices]), [[0, 1, 2, 3], [4, 5, 6, 7]]);
  assert.equal(countBatches(10, { batchSize: 4, dropLast: true }), 2);
  assert.equal(countBatches(10, { batchSize: 4 }), 3);
});

Deno.test("batches() makes the next batch while one is in use", async () => {
  const split = await tenGrays();
  let reads = 0;
  const counted = { ...split, image: (index: number) => (reads++, split.image(index)) };
  for await (const _ of batches(counted, { batchSize: 3 })) {
    assert.equal(reads, 6);
    break;
  }
});

Deno.test("batches() crops squares at random places without resizing at one scale", async () => {
  const split = await coordinateSplit(200, 14, 10);
  const crop = { size: 8, shortestSide: [10, 10], flip: true } as const;
  const [batch] = await collect(split, { batchSize: 200, seed: 1, epoch: 1, crop });
  assert.ok(batch);
  assert.equal(batch.crops, undefined);
  assert.equal(batch.size, 8);
  const corners = new Set<string>();
  let flipped = 0;
  for (let position = 0; position < 200; position++) {
    const at = (offset: number): number => batch.pixels[position * 192 + offset] ?? NaN;
    const [left, top, index, right] = [at(0), at(1), at(2), at(7 * 3)];
    assert.equal(index, batch.indices[position]);
    assert.equal(Math.abs(right - left), 7);
    assert.equal(at(7 * 24 + 1), top + 7);
    if (right < left) flipped++;
    corners.add(`${Math.min(left, right)},${top}`);
  }
  assert.equal(corners.size, 7 * 3);
  assert.ok(Math.abs(flipped - 100) < 35, `${flipped} of 200`);
});

Deno.test("batches() draws the scale and returns boxes to resize by", async () => {
  const split = await coordinateSplit(50, 40, 32);
  const crop = { size: 8, shortestSide: [16, 32], flip: false } as const;
  const [batch] = await collect(split, { batchSize: 50, seed: 1, epoch: 1, crop });
  assert.ok(batch?.crops);
  assert.deepEqual([batch.size, batch.crops.size], [16, 8]);
  const { boxes } = batch.crops;
  const sides = new Set<number>();
  for (let position = 0; position < 50; position++) {
    const box: number[] = [...boxes.subarray(position * 4, position * 4 + 4)];
    assert.deepEqual(box.slice(0, 2), [box[0], box[0]]);
    assert.deepEqual(box.slice(2), [box[2], box[2]]);
    // Sampling points are pixel centers: the first and the last are equally far from the region's edges.
    const [first, last] = [(box[0] ?? 0) * 15, (box[2] ?? 0) * 15];
    const side = Math.round(last + first + 1);
    assert.ok(Math.abs(first - (side / 8 - 1) / 2) < 1e-5);
    assert.ok(side >= 8 && side <= 16);
    sides.add(side);
  }
  assert.ok(sides.has(8) && sides.size > 5);
});

Deno.test("batches() rejects sizes and crops that are not allowed", async () => {
  const split = await coordinateSplit(2, 14, 10);
  await assert.rejects(collect(split, { batchSize: 0 }), /batchSize .* Received: 0/);
  await assert.rejects(collect(split, { batchSize: 2 }), /squares of one size.*14 × 10/);
  const crop = { size: 8, shortestSide: [12, 12], flip: true } as const;
  await assert.rejects(collect(split, { batchSize: 2, crop }), /shortest side 12. Received: 10/);
  await assert.rejects(
    collect(split, { batchSize: 2, crop: { ...crop, size: 13 } }),
    /Received: 13 out of 12 to 12/,
  );
});

Deno.test("shuffledIndices() is a permutation that depends on seed and epoch", () => {
  const first = shuffledIndices(1000, 42, 1);
  assert.deepEqual([...first].sort((one, other) => one - other), [...Array(1000).keys()]);
  assert.deepEqual(shuffledIndices(1000, 42, 1), first);
  assert.notDeepEqual(shuffledIndices(1000, 42, 2), first);
  assert.notDeepEqual(shuffledIndices(1000, 43, 1), first);
});

Deno.test("shuffledIndices() gives every order equally often", () => {
  // 6,000 draws of 3 samples: each of the 6 orders is expected 1,000 times, within 5 sigma.
  const counts = new Map<string, number>();
  for (let epoch = 0; epoch < 6000; epoch++) {
    const key = shuffledIndices(3, 7, epoch).join("");
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  assert.equal(counts.size, 6);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 150, `${count}`);
});

Deno.test("shuffledIndices() handles lengths 0 and 1", () => {
  assert.deepEqual([...shuffledIndices(0, 1, 1)], []);
  assert.deepEqual([...shuffledIndices(1, 1, 1)], [0]);
});
