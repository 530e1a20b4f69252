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

Deno.test("occlusion() tells how far a probability falls where squares of the mean colour hide", () =>
  withFormulaNet(tested, async (model, images) => {
    const grids = await occlusion(model, images, { labels: tested.labels, size: 20, stride: 12 });
    assert.deepEqual(grids.map(({ label }) => label), tested.labels);
    // Four squares, from 0 and from 12 in both directions, hidden by tensors alone.
    const fallsOf = (image: number): number[][] =>
      [0, 12].map((top) =>
        [0, 12].map((left) =>
          tf.tidy(() => {
            const one = images.slice([image, 0, 0, 0], [1, 32, 32, 3]);
            const square = tf.pad(
              tf.ones([1, 20, 20, 1]),
              [[0, 0], [top, 12 - top], [left, 12 - left], [0, 0]],
            );
            const hidden = tf.where(square.cast("bool"), one.mean([1, 2], true), one);
            const [before, after] = [one, hidden].map((shown) =>
              (model.predict(shown) as tf.Tensor).dataSync()[tested.labels[image]!]!
            );
            return before! - after!;
          })
        )
      );
    for (const image of [0, 1]) {
      const [[topLeft, topRight], [bottomLeft, bottomRight]] = fallsOf(image) as [
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

Deno.test("occlusion() covers the image by itself, and batches change nothing", () =>
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

Deno.test("occlusion() refuses squares that do not fit, and stops when it is asked to", () =>
  withFormulaNet(tested, async (model, images) => {
    await assert.rejects(occlusion(model, images, { size: 33 }), /32 pixels at most. Received: 33/);
    await assert.rejects(occlusion(model, images, { size: 8, stride: 9 }), /8 .* Received: 9/);
    await assert.rejects(
      occlusion(model, images, { signal: AbortSignal.abort() }),
      { name: "AbortError" },
    );
  }));
