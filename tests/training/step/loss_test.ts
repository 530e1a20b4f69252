import { tf } from "../../../lib/engine/tf.ts";
import { crossEntropy } from "../../../lib/training/step/loss.ts";
import { assertClose } from "../../assert_close.ts";

Deno.test("crossEntropy() of uniform predictions is ln(classes), with label smoothing too", async () => {
  await tf.setBackend("cpu");
  tf.tidy(() => {
    const logits = tf.zeros([3, 10]) as tf.Tensor2D;
    const labels = tf.tensor1d([0, 5, 9], "int32");
    assertClose(crossEntropy(logits, labels), [Math.log(10)], 1e-6);
    assertClose(crossEntropy(logits, labels, 0.1), [Math.log(10)], 1e-6);
  });
});

Deno.test("crossEntropy() smooths labels like Keras", async () => {
  await tf.setBackend("cpu");
  // keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1)([[0, 1]], [[1., 3.]])
  tf.tidy(() => {
    const loss = crossEntropy(tf.tensor2d([[1, 3]]), tf.tensor1d([1], "int32"), 0.1);
    const [low, high] = [Math.log(1 + Math.exp(2)), Math.log(1 + Math.exp(-2))];
    assertClose(loss, [0.05 * low + 0.95 * high], 1e-6);
  });
});
