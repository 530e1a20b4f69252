"""Weights files of Keras and PyTorch, and their logits.

Without arguments writes small ones into tests/weights/golden, which the unit tests read.
With a list of jobs as JSON, {"format", "options", "path"}, writes files of networks with random weights, or with
"read": true reads files that the library exported; prints what each network computes for the images of formula.py.
"""

import functools
import json
import pathlib
import sys

import numpy as np

from formula import formula_images

IMAGES = 2
GOLDEN = pathlib.Path(__file__).parent.parent / "weights" / "golden"
SMALL = {"configuration": "A", "inputSize": 64, "classes": 3, "width": 1 / 32}
GOLDEN_CASES = {
    "weights.h5": {**SMALL, "batchNorm": True, "head": "small"},
    "h5": {**SMALL, "configuration": "C", "inputSize": 32, "width": 1 / 64},
    "model.h5": {**SMALL, "batchNorm": True, "convBias": False, "head": "small"},
    "pth": {**SMALL, "batchNorm": True, "width": 1 / 64},
    "legacy.pth": {**SMALL, "configuration": "B", "width": 1 / 64},
    "safetensors": {**SMALL, "width": 1 / 64},
}


def images_of(options: dict) -> np.ndarray:
    return formula_images(IMAGES, options["inputSize"], 3)


def keras_net(options: dict):
    import keras_vgg

    keras_vgg.keras.utils.set_random_seed(1)
    model = keras_vgg.build_vgg(options)
    randomize = np.random.default_rng(1)
    for layer in model.layers:
        if len(layer.weights) in (2, 4):
            # Biases and statistics away from where they start, so that a mix-up shows.
            layer.set_weights(
                [w + 0.1 * randomize.random(w.shape, np.float32) if w.ndim == 1 else w for w in layer.get_weights()]
            )
    return model


def keras_logits(model, options: dict) -> list:
    return model(images_of(options), training=False).numpy().tolist()


def keras_write(model, format: str, path: str) -> None:
    if format == "weights.h5":
        model.save_weights(path)
    elif format == "model.h5":
        model.save(path)
    else:
        import h5py
        from keras.src.legacy.saving import legacy_h5_format

        with h5py.File(path, "w") as file:
            legacy_h5_format.save_weights_to_hdf5_group(file, model)


@functools.cache
def torchvision_vgg():
    try:
        from torchvision.models import vgg
    except RuntimeError:
        import torch

        # Its compiled operators are for CUDA, beside a PyTorch without; VGG needs none of them.
        for name in ["nms", "qnms"]:
            torch.library.define(f"torchvision::{name}", "(Tensor a, Tensor b, float c) -> Tensor")
        from torchvision.models import vgg
    return vgg


def torch_net(options: dict):
    """Torchvision's own net, at other widths its layers in its order."""
    import torch

    vgg = torchvision_vgg()
    torch.manual_seed(1)
    width, batch_norm = options.get("width", 1), options.get("batchNorm", False)
    letter = options["configuration"]
    classes = options.get("classes", 1000)
    if width == 1:
        number = {"A": 11, "B": 13, "D": 16, "E": 19}[letter]
        build = getattr(vgg, f"vgg{number}{'_bn' if batch_norm else ''}")
        model = build(weights=None, num_classes=classes)
    else:
        plan = [c if c == "M" else max(1, round(c * width)) for c in vgg.cfgs[letter]]
        model = vgg.VGG(vgg.make_layers(plan, batch_norm), num_classes=classes)
        units, side = round(4096 * width), options["inputSize"] // 32
        last = [c for c in plan if c != "M"][-1]
        model.avgpool = torch.nn.Identity()
        model.classifier[0] = torch.nn.Linear(last * side * side, units)
        model.classifier[3] = torch.nn.Linear(units, units)
        model.classifier[6] = torch.nn.Linear(units, classes)
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.dim() == 1:
                tensor.add_(0.1 * torch.rand(tensor.shape))
            elif "classifier" in name:
                tensor.normal_(0, (2 / tensor.shape[1]) ** 0.5)
    return model.eval()


def torch_logits(model, options: dict) -> list:
    import torch

    images = torch.from_numpy(images_of(options)).permute(0, 3, 1, 2)
    with torch.no_grad():
        return model(images).tolist()


def torch_write(model, format: str, path: str) -> None:
    import torch
    from safetensors.torch import save_file

    if format == "safetensors":
        save_file(model.state_dict(), path)
    else:
        torch.save(model.state_dict(), path, _use_new_zipfile_serialization=format == "pth")


def write(format: str, options: dict, path: str) -> list:
    if format.endswith("h5"):
        model = keras_net(options)
        keras_write(model, format, path)
        return keras_logits(model, options)
    model = torch_net(options)
    torch_write(model, format, path)
    return torch_logits(model, options)


def read(format: str, options: dict, path: str) -> list:
    """What a framework computes with a file that the library exported: probabilities, for torchvision logits."""
    images = images_of(options)
    if format == "torchvision":
        from safetensors.torch import load_file

        model = torch_net(options)
        model.load_state_dict(load_file(path))
        return torch_logits(model, options)
    if format == "onnx":
        import onnxruntime

        session = onnxruntime.InferenceSession(path)
        return session.run(None, {"images": images.transpose(0, 3, 1, 2)})[0].tolist()
    import keras_vgg

    if format == "saved-model":
        predict = keras_vgg.tf.saved_model.load(path).signatures["serving_default"]
        return predict(images=keras_vgg.tf.constant(images))["probabilities"].numpy().tolist()
    return keras_vgg.keras.models.load_model(path)(images, training=False).numpy().tolist()


class Hostile:
    """Runs a command in whoever unpickles it."""

    def __reduce__(self):
        import os

        return os.system, ("touch hostile_code_ran",)


def write_golden() -> None:
    import torch

    GOLDEN.mkdir(parents=True, exist_ok=True)
    for legacy in [False, True]:
        file = GOLDEN / f"hostile.{'legacy.' if legacy else ''}pth"
        torch.save({"features.0.weight": Hostile()}, file, _use_new_zipfile_serialization=not legacy)
    nets = []
    for format, options in GOLDEN_CASES.items():
        file = f"{'keras' if format.endswith('h5') else 'torch'}.{format}"
        logits = write(format, options, str(GOLDEN / file))
        nets.append({"file": file, "options": options, "logits": logits})
    text = json.dumps({"madeBy": "tests/peers/weights_files.py", "images": IMAGES, "nets": nets}, indent=1)
    (GOLDEN / "weights_files.json").write_text(text + "\n")


def do(job: dict) -> list:
    work = read if job.get("read") else write
    return work(job["format"], job["options"], job["path"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps([do(job) for job in json.loads(sys.argv[1])]))
    else:
        write_golden()
