"""Writes the convolutions of one VGG16 of full width in every format, with a head of ten classes.

Usage: vgg16_formats.py FOLDER. Prints the names of the files in JSON.
"""

import json
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
import tf2onnx
import torch
from safetensors.torch import save_file

from weights_files import torchvision_vgg

folder = sys.argv[1]
size = 64
files = []


def path(name):
    files.append(name)
    return os.path.join(folder, name)


torch.manual_seed(1)
net = torchvision_vgg().vgg16(weights=None)
net.avgpool = torch.nn.AdaptiveAvgPool2d(1)
net.classifier = torch.nn.Linear(512, 10)
# Exporters leave out biases that are zero, as those of a new net are.
for layer in net.features:
    if isinstance(layer, torch.nn.Conv2d):
        torch.nn.init.normal_(layer.bias, std=0.1)
net.eval()
state = net.state_dict()
torch.save(state, path("state.pth"))
wrapped = {f"module.{name}": values for name, values in state.items()}
torch.save({"epoch": 3, "model_state_dict": wrapped}, path("checkpoint.tar"))
torch.jit.trace(net, torch.zeros(1, 3, size, size)).save(path("script.pt"))
save_file(state, path("state.safetensors"))
torch.onnx.export(net, (torch.zeros(1, 3, size, size),), path("torch.onnx"), verbose=False)

model = keras.Sequential(
    [
        keras.applications.VGG16(weights=None, include_top=False, input_shape=(size, size, 3)),
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(10, "softmax", name="predictions"),
    ]
)
convolutions = [layer for layer in net.features if isinstance(layer, torch.nn.Conv2d)]
kernels = [layer.weight.detach().numpy().transpose(2, 3, 1, 0) for layer in convolutions]
biases = [layer.bias.detach().numpy() for layer in convolutions]
targets = [layer for layer in model.layers[0].layers if isinstance(layer, keras.layers.Conv2D)]
for layer, kernel, bias in zip(targets, kernels, biases, strict=True):
    layer.set_weights([kernel, bias])
model.layers[-1].set_weights([net.classifier.weight.detach().numpy().T, net.classifier.bias.detach().numpy()])
for name in ["model.keras", "model.h5", "model.weights.h5"]:
    (model.save_weights if "weights" in name else model.save)(path(name))
model.export(path("saved_model"), verbose=False)
signature = [tf.TensorSpec((1, size, size, 3), tf.float32)]
tf2onnx.convert.from_function(
    tf.function(model.call, input_signature=signature), signature, output_path=path("tf2onnx.onnx")
)

arrays = {}
names = ["1_1", "1_2", "2_1", "2_2", "3_1", "3_2", "3_3", "4_1", "4_2", "4_3", "5_1", "5_2", "5_3"]
for name, kernel, bias in zip(names, kernels, biases, strict=True):
    arrays[f"conv{name}_W"], arrays[f"conv{name}_b"] = kernel, bias
np.savez(path("arrays.npz"), **arrays)
print(json.dumps(files))
