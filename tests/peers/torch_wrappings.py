"""A VGG net of PyTorch saved in many ways, and what it computes.

With a list of jobs as JSON, {"format", "options", "path"}, writes the file of each; prints the logits of the net for
the images of formula.py, and the means of its last maps.
"""

import argparse
import collections
import copy
import datetime
import functools
import json
import pathlib
import pickle
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

from weights_files import images_of, torch_net


class MyNet(nn.Module):
    """Another module around torchvision's, as in Lightning."""

    def __init__(self, net):
        super().__init__()
        self.backbone = net

    def forward(self, x):
        return self.backbone(x)


def adam_of(model):
    optimizer = torch.optim.Adam(model.parameters(), 0.0)
    model(torch.zeros(1, 3, 32, 32)).sum().backward()
    optimizer.step()
    return optimizer.state_dict()


def timm_names(model):
    names = {"classifier.0": "pre_logits.fc1", "classifier.3": "pre_logits.fc2", "classifier.6": "head.fc"}
    state = {}
    for key, value in model.state_dict().items():
        for old, new in names.items():
            key = key.replace(old, new)
        state[key] = value[:, :, None, None] if key.startswith("pre_logits") and value.dim() == 2 else value
    return {key: value.contiguous() for key, value in state.items()}


def strided(model):
    def view(value):
        if value.dim() == 2:
            return value.t().contiguous().t()
        if value.dim() == 4:
            return value.contiguous(memory_format=torch.channels_last)
        return torch.stack([value, value + 1], -1)[..., 0] if value.is_floating_point() else value

    return {key: view(value) for key, value in model.state_dict().items()}


def arrays(model):
    """Kernels in TensorFlow's layout, each with its bias."""
    values = [p.detach().numpy() for p in model.parameters()]
    return [v.transpose(2, 3, 1, 0) if v.ndim == 4 else v.T for v in values]


def other_head(model, layers):
    model = copy.deepcopy(model)
    model.classifier = nn.Sequential(*layers)
    return model


def checkpoint(model):
    return {
        "epoch": 3,
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": adam_of(model),
        "args": argparse.Namespace(lr=0.1, out=pathlib.Path("runs")),
        "loss": np.float64(0.5),
        "matrix": np.eye(3),
        "when": datetime.datetime(2026, 1, 1),
        "sizes": torch.Size([1, 2]),
        "history": collections.defaultdict(list, {"loss": [0.5]}),
        "rng": torch.get_rng_state(),
    }


def prefixed(model, prefix):
    return {prefix + key: value for key, value in model.state_dict().items()}


def save_shards(model, path):
    state = list(model.state_dict().items())
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    weight_map = {}
    for name, part in zip(names, [state[:9], state[9:]]):
        save_file(dict(part), pathlib.Path(path).parent / name)
        weight_map |= {key: name for key, _ in part}
    pathlib.Path(path).write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": weight_map}))


SAVED = {
    "checkpoint.tar": checkpoint,
    "net.pth": lambda m: {"net": m.state_dict(), "acc": 93.0, "epoch": 3},
    "compiled.pth": lambda m: prefixed(m, "_orig_mod."),
    "parallel.pth": lambda m: {k.replace("features.", "features.module."): v for k, v in m.state_dict().items()},
    "distributed.pth": lambda m: nn.DataParallel(m).state_dict(),
    "lightning.ckpt": lambda m: {
        "state_dict": {**MyNet(m).state_dict(), "criterion.weight": torch.ones(7)},
        "optimizer_states": [adam_of(m)],
        "hyper_parameters": {"lr": 0.1},
    },
    "averaged.pth": lambda m: {"ema": {k: v * 0 for k, v in m.state_dict().items()}, "model": m.state_dict()},
    "tuple.pth": lambda m: (m.state_dict(), adam_of(m)),
    "parameters.pth": lambda m: dict(m.named_parameters()) | dict(m.named_buffers()),
    "module.pth": lambda m: m,
    "wrapped_module.pth": lambda m: {"model": MyNet(m), "epoch": 1},
    "strided.pth": strided,
    "sorted.pth": lambda m: dict(sorted(m.state_dict().items())),
    "double.pth": lambda m: m.double().state_dict(),
    "timm.pth": timm_names,
    "cifar_head.pth": lambda m: other_head(m, [nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10)]).state_dict(),
    "wide_head.pth": lambda m: other_head(m, [nn.Linear(32, 64), nn.BatchNorm1d(64), nn.Linear(64, 3)]).state_dict(),
}


def save(format, model, path):
    if format in SAVED:
        torch.save(SAVED[format](copy.deepcopy(model)), path)
    elif format.startswith("legacy_"):
        value = SAVED[format.removeprefix("legacy_")](copy.deepcopy(model))
        torch.save(value, path, _use_new_zipfile_serialization=False)
    elif format == "traced.pt":
        torch.jit.save(torch.jit.trace(model, torch.zeros(1, 3, 32, 32)), path)
    elif format == "scripted.pt":
        torch.jit.save(torch.jit.script(model), path)
    elif format == "net.safetensors":
        save_file(model.state_dict(), path)
    elif format == "timm.safetensors":
        save_file(timm_names(model), path)
    elif format == "model.safetensors.index.json":
        save_shards(model, path)
    elif format == "list.npz":
        np.savez(path, *arrays(model))
    elif format == "compressed.npz":
        np.savez_compressed(path, **{f"w{i}": v for i, v in enumerate(arrays(model))})
    elif format == "torch.npz":
        np.savez(path, **{k: v.numpy() for k, v in model.state_dict().items()})
    elif format == "dictionary.npy":
        values = arrays(model)
        np.save(path, {f"layer{i}": values[2 * i : 2 * i + 2] for i in range(len(values) // 2)}, allow_pickle=True)
    elif format.endswith(".pkl"):
        pathlib.Path(path).write_bytes(pickle.dumps(arrays(model), int(format[8])))
    else:
        raise ValueError(format)


@functools.cache
def net(options):
    return torch_net(json.loads(options))


def do(job):
    options = job["options"]
    model = net(json.dumps(options))
    save(job["format"], model, job["path"])
    images = torch.from_numpy(images_of(options)).permute(0, 3, 1, 2)
    with torch.no_grad():
        return {"logits": model(images).tolist(), "features": model.features(images).mean((2, 3)).tolist()}


print(json.dumps([do(job) for job in json.loads(sys.argv[1])]))
