"""Says of the files of a folder whether Pillow and TensorFlow read them, and their mean colors, as JSON."""
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from PIL import Image


def mean(pixels):
    return [float(value) for value in pixels.reshape(-1, 3).mean(0)]


def with_pillow(path):
    try:
        with Image.open(path) as image:
            return mean(np.asarray(image.convert("RGB")))
    except Exception:
        return None


def with_tensorflow(path):
    try:
        return mean(tf.io.decode_jpeg(tf.io.read_file(path), channels=3).numpy())
    except tf.errors.InvalidArgumentError:
        return None


folder = sys.argv[1]
names = sorted(os.listdir(folder))
paths = [os.path.join(folder, name) for name in names]
print(json.dumps([
    {"name": name, "pillow": with_pillow(path), "tensorflow": with_tensorflow(path)}
    for name, path in zip(names, paths)
]))
