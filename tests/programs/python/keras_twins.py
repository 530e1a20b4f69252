"""Trains the twin of a program with Keras and prints a report like that of observe.mjs.

Usage: keras_twins.py NAME FOLDER EPOCHS BATCH_SIZE, where FOLDER is the one in which the program runs.
"""

import csv
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["KERAS_BACKEND"] = "tensorflow"

import keras
import numpy as np
from keras import layers


def mnist(folder):
    """The net of mnist-node, its images and labels."""
    def read(name, header, shape):
        values = np.fromfile(os.path.join(folder, name), "uint8")[header:]
        return values.reshape(shape)

    model = keras.Sequential([
        layers.Input((28, 28, 1)),
        layers.Conv2D(32, 3, activation="relu"),
        layers.Conv2D(32, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, activation="relu"),
        layers.Conv2D(64, 3, activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dropout(0.25),
        layers.Dense(512, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ])
    model.compile(optimizer="rmsprop", loss="categorical_crossentropy", metrics=["accuracy"])
    x = read("train-images-idx3-ubyte", 16, (-1, 28, 28, 1)).astype("float32") / 255
    y = np.eye(10, dtype="float32")[read("train-labels-idx1-ubyte", 8, (-1,))]
    return model, x, y, {"validation_split": 0.15}


def abalone(folder):
    """The net of abalone-node, its features and ages."""
    with open(os.path.join(folder, "abalone.csv"), encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    sexes = {"F": 0, "M": 1, "I": 2}
    table = np.array([[sexes[row[0]], *row[1:]] for row in rows], "float32")
    model = keras.Sequential([
        layers.Input((8,)),
        layers.Dense(50, activation="sigmoid"),
        layers.Dense(50, activation="sigmoid"),
        layers.Dense(1),
    ])
    model.compile(optimizer=keras.optimizers.SGD(0.01), loss="mean_squared_error")
    train, rest = table[:3500], table[3500:]
    return model, train[:, :-1], train[:, -1:], {"validation_data": (rest[:, :-1], rest[:, -1:])}


class Steps(keras.callbacks.Callback):
    """Measures each step."""

    def __init__(self):
        super().__init__()
        self.steps = []

    def on_train_batch_begin(self, batch, logs=None):
        self.begin = time.perf_counter(), time.process_time()

    def on_train_batch_end(self, batch, logs=None):
        self.steps.append(since(self.begin))


def since(begin):
    seconds, cpu_seconds = begin
    return {"calls": 1, "seconds": time.perf_counter() - seconds,
            "cpuSeconds": time.process_time() - cpu_seconds}


def main(name, folder, epochs, batch_size):
    model, x, y, options = {"mnist-node": mnist, "abalone-node": abalone}[name](folder)
    steps = Steps()
    begin = time.perf_counter(), time.process_time()
    model.fit(x, y, epochs=int(epochs), batch_size=int(batch_size), verbose=0,
              callbacks=[steps], **options)
    fit = since(begin)
    none = {"calls": 0, "seconds": 0, "cpuSeconds": 0}
    print(json.dumps({"whole": fit, "fit": fit, "evaluate": none, "predict": none,
                      "steps": steps.steps, "tensors": 0}))


main(*sys.argv[1:])
