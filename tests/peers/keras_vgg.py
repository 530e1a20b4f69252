"""The paper's networks in Keras, from the same options as buildVGG() takes."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import tensorflow as tf

from configurations import CONFIGURATIONS


def build_vgg(options: dict, regularizer=None) -> keras.Model:
    """A network that gives logits; no dropout."""
    size, width = options["inputSize"], options.get("width", 1)
    inputs = keras.Input((size, size, options.get("channels", 3)))
    x = inputs
    for block, convolutions in enumerate(CONFIGURATIONS[options["configuration"]], 1):
        for number, channels in enumerate(convolutions, 1):
            name = f"block{block}_conv{number}"
            x = convolution(x, name, channels, width, options, regularizer)
        if options["configuration"] == "A-LRN" and block == 1:
            x = keras.layers.Lambda(response_normalization, name="block1_lrn")(x)
        x = keras.layers.MaxPooling2D(2, 2, name=f"block{block}_pool")(x)
    return keras.Model(inputs, head(x, width, options, regularizer))


def convolution(x, name, channels, width, options, regularizer):
    batch_norm = options.get("batchNorm", False)
    x = keras.layers.Conv2D(
        max(1, round(abs(channels) * width)),
        1 if channels < 0 else 3,
        padding="same",
        activation=None if batch_norm else "relu",
        use_bias=options.get("convBias", True),
        kernel_regularizer=regularizer,
        name=name,
    )(x)
    if not batch_norm:
        return x
    momentum = options.get("batchNormMomentum", 0.99)
    x = keras.layers.BatchNormalization(momentum=momentum, name=f"{name}_bn")(x)
    return keras.layers.ReLU(name=f"{name}_relu")(x)


def head(x, width, options, regularizer):
    if options.get("head") == "small":
        x = keras.layers.GlobalAveragePooling2D(name="average_pool")(x)
    else:
        x = keras.layers.Flatten(name="flatten")(x)
        for name in ["fc1", "fc2"]:
            x = keras.layers.Dense(
                round(4096 * width), "relu", kernel_regularizer=regularizer, name=name
            )(x)
    return keras.layers.Dense(
        options.get("classes", 1000), kernel_regularizer=regularizer, name="predictions"
    )(x)


def response_normalization(x):
    return tf.nn.local_response_normalization(x, depth_radius=2, bias=2, alpha=1e-4, beta=0.75)
