/**
 * The only instance of TensorFlow.js: everything imports `tf` from here, so that kernels, gradients and
 * tensors belong together.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";

// On first use the plain backend prints advice to install tfjs-node, which this engine replaces;
// `firstUse: false` prevents that.
const startPlain = tf.findBackendFactory("cpu");
tf.removeBackend("cpu");
tf.registerBackend(
  "cpu",
  () => Object.assign(startPlain() as tf.KernelBackend, { firstUse: false }),
);

export { tf };
