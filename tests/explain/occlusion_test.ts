import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { occlusion } from "../../lib/explain/occlusion.ts";
import { assertClose } from "../assert_close.ts";
import { withFormulaNet } from "./formula_net.ts";

await tf.setBackend("cpu");
const tested = {
  network: { configuration: "A", inputSize: 32, width: 1 / 16, classes: 5 },
  labels: [3, 1],
} as const;

Deno.test("occlusion() gives the drop in probability when squares are covered with the mean color", () =>
  withFormulaNet(tested, async (model, images) => {
    const grids = await occlusion(model, images, { labels: tested.labels, size: 20, stride: 12 });
    assert.deepEqual(grids.map(({ label }) => label), tested.labels);
    // The drops for four squares, at 0 and 12 in both directions, computed with tensors alone.
    const dropsOf = (image: number): number[][] =>
      [0, 12].map((top) =>
        [0, 12].map((left) =>
          tf.tidy(() => {
            const one = images.slice([image, 0, 0, 0], [1, 32, 32, 3]);
            const square = tf.pad(
              tf.ones([1, 20, 20, 1]),
              [[0, 0], [top, 12 - top], [left, 12 - left], [0, 0]],
            );
            const covered = tf.where(square.cast("bool"), one.mean([1, 2], true), one);
            const [before, after] = [one, covered].map((input) =>
              (model.predict(input) as tf.Tensor).dataSync()[tested.labels[image]!]!
            );
            return before! - after!;
          })
        )
      );
    for (const image of [0, 1]) {
      const [[topLeft, topRight], [bottomLeft, bottomRight]] = dropsOf(image) as [
        [number, number],
        [number, number],
      ];
      const { values } = grids[image]!;
      const at = (row: number, column: number): number => values[row * 32 + column]!;
      assertClose([at(0, 0), at(2, 31)], [topLeft, topRight], 1e-6);
      assertClose([at(31, 0), at(31, 31)], [bottomLeft, bottomRight], 1e-6);
      const middle = (topLeft + topRight + bottomLeft + bottomRight) / 4;
      assertClose([at(15, 15), at(0, 15)], [middle, (topLeft + topRight) / 2], 1e-6);
    }
  }));

Deno.test("occlusion() covers the whole image by default, whatever the batch size", () =>
  withFormulaNet(tested, async (model, images) => {
    const [one, many] = [
      await occlusion(model, images, { batchSize: 1 }),
      await occlusion(model, images, { batchSize: 49 }),
    ];
    one.forEach((grid, index) => {
      assert.ok(grid.values.every(Number.isFinite));
      assertClose(grid.values, many[index]!.values, 1e-6);
    });
  }));

Deno.test("occlusion() rejects squares that do not fit, and stops when the signal aborts", () =>
  withFormulaNet(tested, async (model, images) => {
    await assert.rejects(occlusion(model, images, { size: 33 }), /32 pixels at most. Received: 33/);
    await assert.rejects(occlusion(model, images, { size: 8, stride: 9 }), /8 .* Received: 9/);
    await assert.rejects(
      occlusion(model, images, { signal: AbortSignal.abort() }),
      { name: "AbortError" },
    );
  }));
