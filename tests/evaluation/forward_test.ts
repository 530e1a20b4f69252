import { tf } from "../../lib/engine/tf.ts";
import { withShifted } from "../../lib/evaluation/forward.ts";
import { assertClose } from "../assert_close.ts";

await tf.setBackend("cpu");

Deno.test("withShifted() averages, by half, with both shifts, whose edges are mirrored", () => {
  const images = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]);
  // The value at the top left: 1; after a shift down and right 5, its mirror image; up and left 5.
  const topLeft = (x: tf.Tensor4D): tf.Tensor2D => x.slice([0, 0, 0, 0], [-1, 1, 1, 1]).as2D(-1, 1);
  assertClose(withShifted(topLeft, 1)(images), [0.5 * 1 + 0.25 * 5 + 0.25 * 5], 1e-6);
  // At the bottom: 7; after a shift down and right 5's neighbor 5, up and left the mirrored 5.
  const bottomLeft = (x: tf.Tensor4D): tf.Tensor2D =>
    x.slice([0, 2, 0, 0], [-1, 1, 1, 1]).as2D(-1, 1);
  assertClose(withShifted(bottomLeft, 1)(images), [0.5 * 7 + 0.25 * 5 + 0.25 * 5], 1e-6);
  // In the middle of the upper row: 2; down and right 4, up and left 6.
  const top = (x: tf.Tensor4D): tf.Tensor2D => x.slice([0, 0, 1, 0], [-1, 1, 1, 1]).as2D(-1, 1);
  assertClose(withShifted(top, 1)(images), [0.5 * 2 + 0.25 * 4 + 0.25 * 6], 1e-6);
});
