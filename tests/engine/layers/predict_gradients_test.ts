import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { assertClose } from "../../assert_close.ts";
import { countHandles, testWithTensorFlow } from "../tensorflow/support.ts";

const kernel = [[1, -2], [3, 4]];

function linear(): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] });
  tf.tidy(() => model.setWeights([tf.tensor2d(kernel), tf.zeros([2])]));
  return model;
}

testWithTensorFlow("a gradient goes through a model's predictions", () => {
  const model = linear();
  const x = tf.tensor2d([[1, 2], [3, 5]]);
  const optimizer = tf.train.sgd(0);
  // Uploads the optimizer's numbers.
  optimizer.minimize(() => (model.predict(x) as tf.Tensor).sum());
  // Compiled by now.
  for (let call = 0; call < 12; call++) tf.dispose(model.predict(x));
  const before = [tf.memory().numTensors, countHandles()];
  for (let call = 0; call < 4; call++) {
    const total = (x: tf.Tensor): tf.Scalar => (model.predict(x) as tf.Tensor).sum();
    const { value, grads } = tf.variableGrads(() => total(x));
    const [kernelGradient] = Object.values(grads);
    // A sum's gradient is the sum of the inputs, for both units.
    assertClose([...kernelGradient!.dataSync()], [4, 4, 7, 7], 1e-6);
    tf.dispose([value, grads]);
    const toInputs = tf.grad(total);
    const gradient = toInputs(x);
    assertClose([...gradient.dataSync()], [-1, 7, -1, 7], 1e-6);
    gradient.dispose();
    optimizer.minimize(() => total(x));
  }
  assert.deepEqual([tf.memory().numTensors, countHandles()], before);
  tf.dispose(x);
  model.dispose();
  optimizer.dispose();
});
