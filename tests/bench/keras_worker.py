"""Keras's side of the benchmark: VGG16 by its compiled train and predict functions, and epochs on files."""

import os
import pathlib
import sys
import time

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

import numpy as np

import worker
from keras_vgg import build_vgg, keras, tf

VERSION = f"Keras {keras.__version__} on TensorFlow {tf.__version__}"


def open_case(case: dict):
    if case["what"] == "epoch":
        return open_epochs(case)
    words = worker.words_of(
        case.get("form") or ("mixed_" * (case["precision"] == "bfloat16") + case["precision"]),
        {"float32", "mixed_bfloat16", "bfloat16", "jit_compile"},
    )
    [policy] = words - {"jit_compile"}
    keras.config.set_dtype_policy(policy)
    model = vgg16(case["size"], case["hidden"])
    compile_model(model, True if "jit_compile" in words else "auto")
    shape = (case["batch"], case["size"], case["size"], 3)
    images = np.random.default_rng(7).random(shape, dtype=np.float32)
    labels = np.arange(case["batch"], dtype=np.int32) % 10

    def train() -> float:
        return float(model.train_on_batch(images, labels))

    def predict() -> float:
        return float(model.predict_on_batch(images)[0, 0])

    step = train if case["what"] == "train" else predict
    return VERSION, model.count_params(), worker.timed(step)


def vgg16(size: int, hidden: int) -> keras.Model:
    options = {"configuration": "D", "inputSize": size, "classes": 10, "head": "small"}
    base = build_vgg(options)
    x = keras.layers.Flatten()(base.get_layer("block5_pool").output)
    for _ in range(2):
        x = keras.layers.Dense(hidden, "relu")(x)
    # As Keras's guide to mixed precision asks: the last layer's output in float32.
    x = keras.layers.Activation("linear", dtype="float32")(keras.layers.Dense(10)(x))
    return keras.Model(base.inputs, x)


def compile_model(model: keras.Model, jit_compile="auto") -> None:
    model.compile(
        jit_compile=jit_compile,
        optimizer=keras.optimizers.SGD(0.001, momentum=0.9, nesterov=True),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )


def open_epochs(case: dict):
    model = build_vgg(
        {
            "configuration": "A",
            "inputSize": case["size"],
            "classes": 10,
            "batchNorm": True,
            "convBias": False,
            "width": 0.25,
            "head": "small",
        }
    )
    compile_model(model)
    pictures = {"generator": generated, "layers": layered}[sys.argv[1]](case)

    def run(epochs: int) -> dict:
        clock = Clock()
        history = model.fit(pictures, epochs=epochs, verbose=0, callbacks=[clock])
        return {"seconds": clock.seconds, "value": history.history["loss"][-1]}

    return VERSION, model.count_params(), run


class Clock(keras.callbacks.Callback):
    """What each epoch took."""

    def __init__(self):
        super().__init__()
        self.seconds = []

    def on_train_begin(self, logs=None):
        self.last = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        now = time.perf_counter()
        self.seconds.append(now - self.last)
        self.last = now


def generated(case: dict):
    """The article's form: decodes and warps every picture anew in each epoch."""
    from keras.src.legacy.preprocessing.image import ImageDataGenerator

    generator = ImageDataGenerator(
        rescale=1 / 255,
        rotation_range=10,
        width_shift_range=0.1,
        height_shift_range=0.1,
        shear_range=0.1,
        zoom_range=0.1,
        fill_mode="nearest",
    )
    size = (case["size"], case["size"])
    return generator.flow_from_directory(
        f"{case['folder']}/train",
        target_size=size,
        batch_size=case["batch"],
        class_mode="sparse",
        seed=42,
    )


def layered(case: dict):
    """Keras's current form: decodes once, then preprocessing layers ahead of the step."""
    size = (case["size"], case["size"])
    layers = keras.layers
    # A shear of a tenth of a degree, the article's, as a fraction of the side.
    shear = float(np.tan(np.deg2rad(0.1)))
    augment = keras.Sequential(
        [
            layers.Rescaling(1 / 255),
            layers.RandomRotation(10 / 360, fill_mode="nearest"),
            layers.RandomTranslation(0.1, 0.1, fill_mode="nearest"),
            layers.RandomShear(x_factor=shear, y_factor=0.0, fill_mode="nearest"),
            layers.RandomZoom(0.1, 0.1, fill_mode="nearest"),
        ]
    )
    files = keras.utils.image_dataset_from_directory(
        f"{case['folder']}/train", image_size=size, batch_size=None, shuffle=False
    )
    batches = files.cache().shuffle(len(files), seed=42).batch(case["batch"])
    warped = batches.map(lambda x, y: (augment(x, training=True), y), tf.data.AUTOTUNE)
    return warped.prefetch(tf.data.AUTOTUNE)


worker.serve(open_case)
