import assert from "node:assert/strict";
import { articleAugmentation, previewAugmentation } from "../../../lib/data/augment/mod.ts";
import type { Split } from "../../../lib/data/dataset.ts";
import { tf } from "../../../lib/engine/tf.ts";

/** One sample whose image is black on the left half and white on the right half, at any size. */
const halves: Split = {
  length: 1,
  labels: Uint16Array.of(0),
  path: () => "halves",
  image: (_, { size }) => {
    const data = Uint8Array.from(
      { length: size * size * 3 },
      (_, at) => Math.floor(at / 3) % size < size / 2 ? 0 : 255,
    );
    return Promise.resolve({ width: size, height: size, data });
  },
};

Deno.test("previewAugmentation() does not change images without augmentation", async () => {
  await tf.setBackend("cpu");
  const before = tf.memory().numTensors;
  const options = { augmentation: { kind: "none" }, size: 4, count: 2 } as const;
  const images = await previewAugmentation(halves, 0, options);
  const expected = await halves.image(0, { mode: "stretch", size: 4 });
  assert.deepEqual(images, [expected, expected]);
  assert.equal(tf.memory().numTensors, before);
});

Deno.test("previewAugmentation() gives variants of the network's size that depend on the seed", async () => {
  await tf.setBackend("cpu");
  const preview = (seed: number): ReturnType<typeof previewAugmentation> =>
    previewAugmentation(halves, 0, { augmentation: articleAugmentation, size: 32, count: 3, seed });
  const [one, same, other] = [await preview(1), await preview(1), await preview(2)];
  assert.deepEqual(one, same);
  assert.notDeepEqual(one, other);
  assert.notDeepEqual(one[0], one[1]);
  assert.ok(one.every(({ width, height }) => width === 32 && height === 32));
});

Deno.test("previewAugmentation() crops as the paper does", async () => {
  await tf.setBackend("cpu");
  const shortestSide = [40, 40] as const;
  const augmentation = {
    kind: "paper",
    crop: 32,
    shortestSide,
    flip: true,
    colorShift: 0,
  } as const;
  const images = await previewAugmentation(halves, 0, { augmentation, size: 32, count: 8 });
  assert.ok(images.every(({ width }) => width === 32));
  // Mirrored images begin with white.
  assert.ok(new Set(images.map(({ data }) => data[0])).size === 2);
});
