/**
 * The one `tf` of this project: everything imports TensorFlow.js from here, so that kernels,
 * gradients and tensors all live in one instance.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";

// The plain backend greets whoever builds a net before an engine runs, with advice to install what
// stands in for it here.
const startPlain = tf.findBackendFactory("cpu");
tf.removeBackend("cpu");
tf.registerBackend(
  "cpu",
  () => Object.assign(startPlain() as tf.KernelBackend, { firstUse: false }),
);

export { tf };
