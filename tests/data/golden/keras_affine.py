"""Writes keras_affine.json: parameters and images of Keras's ImageDataGenerator for the article's ranges.

Needs Keras 3 (with NumPy and SciPy): python keras_affine.py
"""

import json
import pathlib

import numpy as np
from keras.src.legacy.preprocessing.image import ImageDataGenerator

SIDE = 12
PARAMETERS = ["theta", "tx", "ty", "shear", "zx", "zy"]

generator = ImageDataGenerator(
    rotation_range=10,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.1,
    zoom_range=0.1,
    fill_mode="nearest",
)


def moments():
    """Mean, standard deviation and extremes of each parameter, at 224 pixels."""
    np.random.seed(1)
    draws = [generator.get_random_transform((224, 224, 3)) for _ in range(20_000)]
    values = {name: np.array([draw[name] for draw in draws]) for name in PARAMETERS}
    return {
        name: [float(v.mean()), float(v.std()), float(v.min()), float(v.max())]
        for name, v in values.items()
    }


def image():
    """An image that any language can make: whole numbers from 0 to 255."""
    row, column, channel = np.indices((SIDE, SIDE, 3))
    return ((row * 37 + column * 91 + channel * 53 + row * column * 7) % 256).astype("float32")


def rounded(result):
    """One string of hundredths: short, and one line to a formatter."""
    return " ".join(str(int(value)) for value in np.round(result.astype("float64") * 100).ravel())


# Larger than the article's ranges, so that every error is visible.
CASES = [
    {"theta": 25.0},
    {"tx": 2.25},
    {"ty": -1.5},
    {"shear": 20.0},
    {"zx": 0.7},
    {"zy": 1.4},
    {"theta": -10.0, "tx": 1.2, "ty": -0.7, "shear": 8.0, "zx": 0.9, "zy": 1.1},
    {"theta": 7.0, "tx": -1.0, "shear": -5.0, "zx": 1.1, "zy": 0.95, "flip_horizontal": True},
]

golden = {
    "side": SIDE,
    "moments": moments(),
    "cases": [
        {
            "parameters": case,
            "result": rounded(generator.apply_transform(image(), case)),
        }
        for case in CASES
    ],
}

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(golden, indent=2) + "\n")
