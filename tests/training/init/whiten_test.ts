import assert from "node:assert/strict";
import type { PreparedSplit } from "../../../lib/data/pipeline/prepared_split.ts";
import { tf } from "../../../lib/engine/tf.ts";
import { whiten } from "../../../lib/training/init/whiten.ts";
import { buildVGG } from "../../../lib/vgg/build.ts";
import { namedWeights } from "../../../lib/weights/weights.ts";
import { assertClose } from "../../assert_close.ts";

await tf.setBackend("cpu");

const normalization = { kind: "rescale", mean: [0, 0, 0], deviation: [4, 4, 4] } as const;

/** Smooth images: neighbors are alike, and so are colors. */
const images = Array.from({ length: 5 }, (_, image) => {
  const data = Uint8Array.from({ length: 32 * 32 * 3 }, (_, at) => {
    const [row, column] = [Math.floor(at / 96), Math.floor(at / 3) % 32];
    const noise = (Math.imul(at + 1, 2654435761) ^ Math.imul(image + 1, 40503 << 8)) >>> 27;
    return 100 + 60 * Math.sin(row / 3 + image) + 40 * Math.cos(column / 2) + 20 * (at % 3) + noise;
  });
  return { width: 32, height: 32, data };
});
const split = {
  length: images.length,
  image: (index: number) => images[index]!,
} as unknown as PreparedSplit;

Deno.test("whiten() makes the values of patches uncorrelated, with variance 1, and their negatives", async () => {
  const model = buildVGG({ ...small, whitening: true });
  await whiten(model, split, normalization);
  const layer = model.getLayer("block0_whitening");
  const covariance = tf.tidy(() => {
    const floats = images.flatMap(({ data }) => [...data]).map((byte) => byte / 4);
    const maps = layer.apply(tf.tensor4d(floats, [images.length, 32, 32, 3])) as tf.Tensor;
    const rows = maps.reshape<tf.Tensor2D>([-1, 24]);
    return tf.matMul(rows, rows, true).div<tf.Tensor2D>(rows.shape[0]);
  });
  const identity = tf.eye(12).arraySync();
  const expected = [...identity, ...identity].map((row, at) =>
    [...row, ...row].map((value, column) => (at < 12) === (column < 12) ? value : -value || 0)
  );
  // 5e-4 is added to variances, of which the smallest here is about 4.
  assertClose(covariance, expected.flat(), 2e-3);
  model.dispose();
});

Deno.test("whiten() measures the sample of streamed images alone", async () => {
  const filters = async (train: PreparedSplit): Promise<number[]> => {
    const model = buildVGG({ ...small, whitening: true });
    await whiten(model, train, normalization);
    const values = [...await namedWeights(model).get("block0_whitening/kernel")!.read().data()];
    model.dispose();
    return values;
  };
  const sampled = await filters({ ...split, statisticsSample: Uint32Array.of(1, 3) });
  const two = { ...split, length: 2, image: (index: number) => images[2 * index + 1]! };
  assert.deepEqual(sampled, await filters(two));
  assert.notDeepEqual(sampled, await filters(split));
});

Deno.test("The filters of a whitening layer do not train, and its bias does", () => {
  const model = buildVGG({ ...small, whitening: true });
  const trained = model.trainableWeights.map(({ originalName }) => originalName);
  assert.ok(trained.some((name) => /whitening\/bias/.test(name)), `${trained}`);
  assert.ok(!trained.some((name) => /whitening\/kernel/.test(name)), `${trained}`);
  assert.deepEqual(namedWeights(model).get("block0_whitening/kernel")?.shape, [2, 2, 3, 24]);
  model.dispose();
});

const small = {
  configuration: "S",
  inputSize: 32,
  classes: 2,
  width: 1 / 32,
  head: "max",
} as const;
