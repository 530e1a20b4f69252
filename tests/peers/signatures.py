"""Writes SavedModels with Keras and TensorFlow, and prints what they compute.

Usage: signatures.py FOLDER
"""

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import tensorflow as tf

folder = sys.argv[1]


class Words(tf.Module):
    """A table in an asset file, a variable that calls change, and inputs of several types."""

    def __init__(self, vocabulary):
        super().__init__()
        self.vocabulary = tf.saved_model.Asset(vocabulary)
        initializer = tf.lookup.TextFileInitializer(
            self.vocabulary,
            tf.string,
            tf.lookup.TextFileIndex.WHOLE_LINE,
            tf.int64,
            tf.lookup.TextFileIndex.LINE_NUMBER,
        )
        self.table = tf.lookup.StaticHashTable(initializer, default_value=-1)
        self.calls = tf.Variable(0, dtype=tf.int32)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, name="words")])
    def look_up(self, words):
        return {"ids": self.table.lookup(words), "lengths": tf.strings.length(words)}

    @tf.function(input_signature=[tf.TensorSpec([], tf.int32, name="step")])
    def count(self, step):
        return {"calls": self.calls.assign_add(step)}

    @tf.function(
        input_signature=[
            tf.TensorSpec([None, 2, 2, 3], tf.uint8, name="pixels"),
            tf.TensorSpec([], tf.bool, name="flip"),
        ]
    )
    def brightness(self, pixels, flip):
        light = tf.reduce_mean(tf.cast(pixels, tf.float32), axis=[1, 2, 3])
        return {"light": tf.cond(flip, lambda: 255 - light, lambda: light)}


def write_words():
    vocabulary = os.path.join(folder, "words.txt")
    with open(vocabulary, "w", encoding="utf-8") as file:
        file.write("cat\ndog\na word of more than twenty-two bytes\n")
    words = Words(vocabulary)
    tf.saved_model.save(
        words,
        os.path.join(folder, "words"),
        signatures={
            "serving_default": words.look_up,
            "count": words.count,
            "brightness": words.brightness,
        },
    )
    os.remove(vocabulary)


def write_keras():
    keras.utils.set_random_seed(1)
    inputs = [keras.Input((8, 8, 3), name="image"), keras.Input((4,), name="facts")]
    x = keras.layers.Conv2D(6, 3, strides=2, padding="same")(inputs[0])
    x = keras.layers.BatchNormalization()(x)
    x = keras.layers.DepthwiseConv2D(3, activation="relu")(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    x = keras.layers.Concatenate()([x, inputs[1]])
    outputs = [keras.layers.Dense(3, activation="softmax", name="kind")(x)]
    outputs.append(keras.layers.Dense(1, name="size")(x))
    model = keras.Model(inputs, outputs)
    model.export(os.path.join(folder, "keras"), verbose=False)
    return model


write_words()
model = write_keras()
image = tf.reshape(tf.sin(tf.range(2 * 8 * 8 * 3, dtype=tf.float32)), [2, 8, 8, 3])
facts = tf.reshape(tf.cos(tf.range(8, dtype=tf.float32)), [2, 4])
serve = tf.saved_model.load(os.path.join(folder, "keras")).signatures["serving_default"]
results = serve(image=image, facts=facts)
print(json.dumps({name: value.numpy().flatten().tolist() for name, value in results.items()}))
