/**
 * The one `tf` of this project: everything imports TensorFlow.js from here, so that kernels,
 * gradients and tensors all live in one instance.
 *
 * @module
 */

import * as tf from "@tensorflow/tfjs";

export { tf };
