"""Weights and inputs from a formula on integers, bit for bit the same as tests/peers/formula.ts."""

import math

import numpy as np


def formula_values(count: int, stream: int) -> np.ndarray:
    """`count` float64 values in [-1, 1) that look random; another stream gives others."""
    with np.errstate(over="ignore"):
        mixed = np.arange(count, dtype=np.uint32) ^ (
            np.uint32(stream + 1) * np.uint32(0x9E3779B9)
        )
        mixed = mixed * np.uint32(0x85EBCA6B)
        mixed ^= mixed >> np.uint32(15)
        mixed = mixed * np.uint32(0xC2B2AE35)
        mixed ^= mixed >> np.uint32(16)
    return mixed.view(np.int32) / 2.0**31


def formula_images(count: int, size: int, channels: int) -> np.ndarray:
    """Images of shape [count, size, size, channels] in [-1, 1), float32."""
    shape = (count, size, size, channels)
    return formula_values(math.prod(shape), 1000).reshape(shape).astype(np.float32)


def set_formula_weights(model) -> None:
    """Gives a Keras model He-scaled kernels, small biases and normalizations near the identity."""
    stream = 0
    for layer in model.layers:
        weights = []
        for variable in layer.weights:
            shape = tuple(variable.shape)
            values = formula_values(math.prod(shape), stream)
            scale, offset = scale_and_offset(variable.name, shape)
            weights.append((offset + scale * values).reshape(shape).astype(np.float32))
            stream += 1
        layer.set_weights(weights)


def scale_and_offset(name: str, shape: tuple) -> tuple[float, float]:
    if name == "kernel":
        return math.sqrt(6 / math.prod(shape[:-1])), 0.0
    return {"gamma": (0.1, 1.0), "moving_variance": (0.5, 1.0)}.get(name, (0.1, 0.0))
