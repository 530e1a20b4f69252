"""Makes a SavedModel with two signatures.

Usage: saved_model.py FOLDER, which gets the SavedModel and expected.json: inputs, and what TensorFlow
computes from them.
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow as tf


class Classifier(tf.Module):
    """A linear classifier that counts its calls."""

    def __init__(self):
        super().__init__()
        random = np.random.default_rng(1)
        self.weights = tf.Variable(random.normal(size=(4, 3)).astype("float32"))
        self.bias = tf.Variable(tf.zeros([3]))
        self.calls = tf.Variable(0, dtype=tf.int32)

    @tf.function(input_signature=[tf.TensorSpec([None, 4], tf.float32, name="x")])
    def classify(self, x):
        """Probabilities and classes of rows."""
        probabilities = tf.nn.softmax(x @ self.weights + self.bias)
        return {"probabilities": probabilities, "classes": tf.argmax(probabilities, -1, tf.int32)}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32, name="by")])
    def count(self, by):
        """Adds to the count of calls."""
        return {"calls": self.calls.assign_add(by)}


def main(folder):
    module = Classifier()
    signatures = {"serving_default": module.classify, "count": module.count}
    tf.saved_model.save(module, folder, signatures=signatures)
    x = np.array([[1, 2, 3, 4], [-1, 0.5, 0, 2]], "float32")
    result = module.classify(x)
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump({"inputs": x.tolist(), "probabilities": result["probabilities"].numpy().tolist(),
                   "classes": result["classes"].numpy().tolist()}, file)


main(sys.argv[1])
