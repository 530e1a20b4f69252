"""Makes a Keras model and converts it with tensorflowjs's converter.

Usage: keras_model.py FOLDER, which gets model.json with its weights, and expected.json: inputs, and what
Keras computes from them.
"""

import json
import os
import sys
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"

import numpy as np
import tensorflow  # noqa: F401: Keras asks for jax, which is not there yet.
import tf_keras as keras

# The converter imports them for formats that are not used here.
for name in ("jax", "jax.experimental", "jax.experimental.jax2tf", "flax",
             "tensorflow_decision_forests", "tensorflow_hub"):
    sys.modules[name] = types.ModuleType(name)
sys.modules["jax.experimental"].jax2tf = sys.modules["jax.experimental.jax2tf"]

from tensorflowjs.converters.keras_h5_conversion import save_keras_model


def main(folder):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([
        keras.layers.Conv2D(4, 3, padding="same", use_bias=False, input_shape=(8, 8, 3)),
        keras.layers.BatchNormalization(),
        keras.layers.ReLU(6.0),
        keras.layers.DepthwiseConv2D(3, strides=2, padding="same"),
        keras.layers.Conv2D(6, 3, activation="relu"),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(5, activation="softmax"),
    ])
    model.compile(optimizer="adam", loss="categorical_crossentropy")
    random = np.random.default_rng(1)
    x = random.normal(size=(32, 8, 8, 3)).astype("float32")
    y = np.eye(5, dtype="float32")[random.integers(0, 5, 32)]
    model.fit(x, y, epochs=3, verbose=0)
    save_keras_model(model, folder)
    inputs = x[:4]
    outputs = model.predict(inputs, verbose=0)
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        rounded = [round(float(value), 4) for value in inputs.ravel()]
        # What is computed belongs to the inputs as they are written.
        again = np.array(rounded, "float32").reshape(inputs.shape)
        outputs = model.predict(again, verbose=0)
        json.dump({"inputs": rounded, "inputShape": list(again.shape),
                   "outputs": [round(float(value), 6) for value in outputs.ravel()]}, file)


main(sys.argv[1])
