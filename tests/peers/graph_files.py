"""Graphs of VGG nets as exporters write them, and what they compute for images with pixels from 0 to 255.

With a folder writes graphs of PyTorch and of Keras there, and prints as JSON a list of {"file", "size", "preprocessing",
"outputs"}. With a list of jobs as JSON, {"path", "size", "channels"}, prints what the Python modules that the library
exported compute.
"""

import contextlib
import importlib.util
import io
import json
import pathlib
import sys
import warnings

import numpy as np

from formula import formula_values

warnings.filterwarnings("ignore")
IMAGES = 2


def pixels(size: int, channels: int = 3) -> np.ndarray:
    shape = (IMAGES, size, size, channels)
    return np.floor((formula_values(int(np.prod(shape)), 1000).reshape(shape) + 1) * 128).astype(np.float32)


def run_onnx(path: pathlib.Path, images: np.ndarray) -> list:
    import onnxruntime

    session = onnxruntime.InferenceSession(str(path))
    return session.run(None, {session.get_inputs()[0].name: images})[0].tolist()


def torch_graphs(folder: pathlib.Path):
    import torch
    import weights_files

    class Flipped(torch.nn.Module):
        """Reads RGB from 0 to 1 as Caffe's nets do."""

        def __init__(self, net):
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68]).reshape(1, 3, 1, 1))

        def forward(self, images):
            return self.net(images.flip(1) * 255 - self.mean)

    class Normalized(torch.nn.Module):
        def __init__(self, net):
            super().__init__()
            self.net = net
            self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).reshape(1, 3, 1, 1))
            self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).reshape(1, 3, 1, 1))

        def forward(self, images):
            return self.net((images - self.mean) / self.deviation).softmax(1)

    small = {"inputSize": 64, "classes": 7, "width": 1 / 16}
    for name, options, wrapped in [
        ("plain", {**small, "configuration": "D"}, lambda net: net),
        ("bn", {**small, "configuration": "A", "batchNorm": True}, Normalized),
        ("flipped", {**small, "configuration": "B", "inputSize": 32}, Flipped),
    ]:
        model = wrapped(weights_files.torch_net(options)).eval()
        size = options["inputSize"]
        images = pixels(size).transpose(0, 3, 1, 2) / 255
        for dynamo in [True, False]:
            path = folder / f"torch-{name}-{'dynamo' if dynamo else 'script'}.onnx"
            axes = {} if dynamo else {"dynamic_axes": {"images": {0: "batch"}}, "input_names": ["images"]}
            torch.onnx.export(model, (torch.from_numpy(images),), str(path), dynamo=dynamo, verbose=False, **axes)
            # Only a graph without preprocessing does not say its own.
            preprocessing = "rescale" if name == "plain" else None
            yield {"file": path.name, "size": size, "preprocessing": preprocessing, "outputs": run_onnx(path, images)}


def keras_graphs(folder: pathlib.Path):
    import keras_vgg
    import tf2onnx
    import weights_files
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    keras, tf = keras_vgg.keras, keras_vgg.tf
    small = {"inputSize": 64, "classes": 7, "width": 1 / 16}
    for name, options, layer in [
        ("flat", {**small, "configuration": "C"}, keras.layers.Rescaling(1 / 127.5, offset=-1)),
        ("pooled", {**small, "configuration": "A", "batchNorm": True, "head": "small"}, keras.layers.Rescaling(1 / 255)),
        ("caffe", {**small, "configuration": "D", "head": "small"}, keras.applications.vgg16.preprocess_input),
        ("plain", {**small, "configuration": "B", "inputSize": 32}, None),
    ]:
        size = options["inputSize"]
        image = keras.Input((size, size, 3))
        net = weights_files.keras_net(options)
        model = keras.Model(image, net(layer(image) if layer else image))
        images = pixels(size) if layer else pixels(size) / 255
        outputs = model(images, training=False).numpy().tolist()
        signature = [tf.TensorSpec((None, size, size, 3), tf.float32, name="images")]
        function = tf.function(lambda x: model(x, training=False), input_signature=signature)
        known = {"size": size, "preprocessing": None if layer else "rescale"}
        path = folder / f"keras-{name}.onnx"
        tf2onnx.convert.from_function(function, signature, opset=17, output_path=str(path))
        yield {**known, "file": path.name, "outputs": outputs}
        model.export(str(folder / f"keras-{name}"), verbose=False)
        yield {**known, "file": f"keras-{name}", "outputs": outputs}
        frozen = convert_variables_to_constants_v2(function.get_concrete_function())
        tf.io.write_graph(frozen.graph, str(folder), f"keras-{name}.pb", as_text=False)
        yield {**known, "file": f"keras-{name}.pb", "outputs": outputs}


def run_module(job: dict) -> list:
    import torch

    spec = importlib.util.spec_from_file_location("exported", job["path"])
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    from PIL import Image

    size, channels = job["size"], job["channels"]
    rows = []
    for image in pixels(size, channels).astype(np.uint8):
        picture = Image.fromarray(image[..., 0] if channels == 1 else image)
        with torch.no_grad():
            rows += module.load()(module.preprocess(picture)).softmax(1).tolist()
    return rows


if sys.argv[1].startswith("["):
    printed = [run_module(job) for job in json.loads(sys.argv[1])]
else:
    with contextlib.redirect_stdout(io.StringIO()):
        folder = pathlib.Path(sys.argv[1])
        printed = [*torch_graphs(folder), *keras_graphs(folder)]
print(json.dumps(printed))
