"""Files of Keras models as people write them, and what Keras computes for images with pixels from 0 to 255.

The first argument is a folder. Writes each model in several formats, and prints as JSON a list of
{"model", "files", "size", "features" or "outputs"}. Without arguments writes a small one into
tests/weights/golden, which the unit tests read.
"""

import json
import pathlib
import sys

import keras_vgg
import numpy as np
from configurations import CONFIGURATIONS
from formula import formula_values

keras = keras_vgg.keras
layers = keras.layers
IMAGES = 2
GOLDEN = pathlib.Path(__file__).parent.parent / "weights" / "golden"
#: Of the convolutions; the files for the unit tests are narrower.
WIDTH = 1 / 16 if len(sys.argv) > 1 else 1 / 64


def pixels(size: int, channels: int = 3) -> np.ndarray:
    shape = (IMAGES, size, size, channels)
    return np.floor((formula_values(int(np.prod(shape)), 1000).reshape(shape) + 1) * 128).astype(np.float32)


def convolution(x, number, units, *, batch_norm=None, padded=False, names=None):
    name = names and names(number)
    if padded:
        x = layers.ZeroPadding2D((1, 1))(x)
    if batch_norm is None:
        return layers.Conv2D(units, 3, padding="valid" if padded else "same", activation="relu", name=name)(x)
    x = layers.Conv2D(units, 3, padding="same", use_bias=number % 2 == 0, name=name)(x)
    return layers.ReLU()(layers.BatchNormalization(**batch_norm)(x))


def base(size: int, configuration="D", channels=3, pooling=None, **options):
    """Convolutions of a VGG as a model of its own, as in Keras's applications."""
    inputs = keras.Input((size, size, channels))
    x, number = inputs, 0
    for block in CONFIGURATIONS[configuration]:
        for units in block:
            x = convolution(x, number, round(units * WIDTH), **options)
            number += 1
        x = layers.MaxPooling2D()(x)
    if pooling:
        x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, x, name="base")


def published_name(number: int) -> str:
    blocks = [(block, n + 1) for block, count in enumerate([2, 2, 3, 3, 3], 1) for n in range(count)]
    return "block%d_conv%d" % blocks[number]


def chain(inputs, *steps):
    x = inputs
    for step in steps:
        x = step(x)
    return keras.Model(inputs, x)


def adapted():
    layer = layers.Normalization()
    layer.adapt(np.random.default_rng(2).random((8, 4, 4, 3)).astype(np.float32) * 2 - 1)
    return layer


def fine_tuned():
    body = base(64, names=published_name)
    for layer in body.layers[:-4]:
        layer.trainable = False
    return chain(
        keras.Input((64, 64, 3)),
        layers.RandomFlip("horizontal"),
        keras.applications.vgg16.preprocess_input,
        lambda x: body(x, training=False),
        layers.GlobalAveragePooling2D(),
        layers.Dropout(0.2),
        layers.Dense(3, "softmax"),
    )


def sequential():
    augmentation = keras.Sequential([layers.RandomFlip(), layers.RandomRotation(0.1)], name="augmentation")
    return keras.Sequential(
        [
            keras.Input((96, 96, 3)),
            augmentation,
            layers.Rescaling(1 / 255),
            base(96, "B", pooling="avg"),
            layers.Dense(4),
            layers.Softmax(),
        ]
    )


def flat():
    batch_norm = {"epsilon": 1e-5, "momentum": 0.9, "scale": False}
    body = base(32, "A", batch_norm=batch_norm)
    inputs = keras.Input((32, 32, 3))
    x = adapted()(layers.Rescaling(1 / 127.5, offset=-1)(inputs))
    # Convolutions of the model itself, not of a nested one.
    for layer in body.layers[1:]:
        x = layer.__class__.from_config(layer.get_config())(x)
    return keras.Model(inputs, layers.Dense(1, "sigmoid")(layers.Flatten()(x)))


def paper():
    units = round(4096 * WIDTH)
    return chain(
        keras.Input((64, 64, 3)),
        keras.applications.mobilenet.preprocess_input,
        *base(64, "E").layers[1:],
        layers.Flatten(),
        layers.Dense(units, "relu"),
        layers.Dropout(0.5),
        layers.Dense(units),
        layers.Activation("relu"),
        layers.Dense(5),
    )


def padded():
    body = base(32, padded=True)
    return chain(
        keras.Input((32, 32, 3)),
        keras.applications.densenet.preprocess_input,
        body,
        layers.Flatten(),
        layers.Dense(7, "softmax"),
    )


def operations():
    def preprocess(x):
        x = x[..., ::-1]
        x = 1 / 64 * (x - np.array([100, 110, 120], "float32"))
        return keras.ops.cast(2 - x, "float32")

    return chain(keras.Input((32, 32, 3)), preprocess, base(32, pooling="avg"), layers.Dense(2))


def normalized():
    """A batch normalization of the pixels themselves, and arrays of 64 bits."""
    keras.config.set_dtype_policy("float64")
    try:
        return chain(
            keras.Input((32, 32, 3)),
            layers.BatchNormalization(),
            base(32, pooling="avg"),
            layers.Dense(2, "softmax", use_bias=False),
        )
    finally:
        keras.config.set_dtype_policy("float32")


def whole():
    return chain(
        keras.Input((32, 32, 3)),
        layers.Rescaling(1 / 255),
        base(32, "A", pooling="avg"),
        layers.Dense(2, "softmax"),
    )


def half():
    """Arrays of 16 bits."""
    keras.config.set_dtype_policy("float16")
    try:
        return whole()
    finally:
        keras.config.set_dtype_policy("float32")


@keras.saving.register_keras_serializable("tests")
class OwnModel(keras.Model):
    def __init__(self, **options):
        super().__init__(**options)
        self.base = base(32, pooling="avg")
        self.classifier = layers.Dense(3, "softmax")

    def call(self, x):
        return self.classifier(self.base(x / 255))


def own_class():
    model = OwnModel()
    model(pixels(32))
    return model


def own_head():
    return keras.Sequential(
        [
            keras.Input((64, 64, 3)),
            layers.Rescaling(1 / 255),
            base(64),
            layers.Flatten(),
            layers.Dense(32, "relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.5),
            layers.Dense(10, "softmax"),
        ]
    )


def applications():
    """The net of Keras's applications at full size, as the guides on transfer learning use it."""
    return chain(
        keras.Input((224, 224, 3)),
        keras.applications.vgg16.preprocess_input,
        keras.applications.VGG16(include_top=False, weights=None, input_shape=(224, 224, 3)),
        layers.Flatten(),
        layers.Dense(16, "relu"),
        layers.Dropout(0.5),
        layers.Dense(10),
    )


def features_of(model, images: np.ndarray) -> list:
    """What the nested model in a model gives for images."""
    body = next(layer for layer in model.layers if isinstance(layer, keras.Model))
    images = model.layers[0](images) if body.name == "base" else keras.applications.vgg16.preprocess_input(images)
    return body(images).numpy().ravel().tolist()


#: The models with classifiers that this library's nets have, or with others, whose convolutions are read.
MODELS = [fine_tuned, sequential, flat, paper, padded, operations, normalized, half, own_class, own_head, applications]


def randomize(model):
    random = np.random.default_rng(3)
    for variable in model.weights:
        if variable.ndim == 1 and "float" in variable.dtype and variable.shape[0] != 3 or "gamma" in variable.path:
            # Biases and statistics away from where they start, so that a mix-up shows.
            variable.assign(variable.numpy() + 0.3 * random.random(variable.shape))


def write(build, folder: pathlib.Path) -> dict:
    keras.utils.set_random_seed(1)
    model = build()
    randomize(model)
    name = build.__name__
    size = 32 if name == "own_class" else model.input_shape[1]
    files = [f"{name}.keras", f"{name}.weights.h5"]
    model.save(folder / files[0])
    model.save_weights(folder / files[1])
    if name != "own_class":
        files.append(f"{name}.h5")
        model.save(folder / files[-1])
    images = pixels(size)
    report = {"model": name, "files": files, "size": size}
    if build in [own_head, applications]:
        return {**report, "features": features_of(model, images)}
    if build is half:
        # Keras would also compute with 16 bits.
        weights, model = model.get_weights(), whole()
        model.set_weights(weights)
    return {**report, "outputs": model(images, training=False).numpy().tolist()}


def write_golden() -> None:
    report = write(fine_tuned, GOLDEN)
    (GOLDEN / "fine_tuned.weights.h5").unlink()
    files = [file for file in report["files"] if not file.endswith("weights.h5")]
    text = json.dumps({"madeBy": "tests/peers/keras_files.py", **report, "files": files}, indent=1)
    (GOLDEN / "keras_files.json").write_text(text + "\n")


if len(sys.argv) > 1:
    print(json.dumps([write(build, pathlib.Path(sys.argv[1])) for build in MODELS]))
else:
    write_golden()
