import assert from "node:assert/strict";
import { tf } from "../../lib/engine/tf.ts";
import { resizeGrid } from "../../lib/explain/resize_grid.ts";
import { assertClose } from "../assert_close.ts";

await tf.setBackend("cpu");

for (const [height, width] of [[9, 14], [3, 4], [2, 7], [1, 1]] as const) {
  Deno.test(`resizeGrid() resizes 3 × 4 to ${height} × ${width} as TensorFlow.js does`, () => {
    const values = Float32Array.from({ length: 24 }, (_, index) => Math.sin(index * index));
    const ours = resizeGrid({ width: 4, height: 3, channels: 2, values }, width, height);
    const theirs = tf.tidy(() =>
      tf.image.resizeBilinear(tf.tensor3d(values, [3, 4, 2]), [height, width], false, true)
        .dataSync()
    );
    assert.deepEqual([ours.width, ours.height, ours.channels], [width, height, 2]);
    assertClose(ours.values, theirs, 1e-6);
  });
}
