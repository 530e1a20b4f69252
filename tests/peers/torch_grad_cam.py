"""Grad-CAM, guided backpropagation and guided Grad-CAM of PyTorch, for nets and images of a formula.

Without arguments writes tests/explain/golden/torch_grad_cam.json. With a list of cases as JSON in the first argument
prints the same for those. A case: `network` (options of buildVGG) and `labels`, the class of each image.
"""

import json
import pathlib
import sys

import torch
from torch.nn import functional

from formula import formula_images
from torch_vgg import VGG

# Of the gradients, which are as large as the images, one in so many is kept.
EVERY = 101
SMALL = {"width": 1 / 16, "classes": 5}
CASES = [
    {"network": {**SMALL, "configuration": "A", "inputSize": 64, "batchNorm": True, "head": "small"}, "labels": [4, 2]},
    {"network": {**SMALL, "configuration": "D", "inputSize": 79}, "labels": [1, 4]},
    {"network": {**SMALL, "configuration": "A-LRN", "inputSize": 64}, "labels": [2, 2]},
    {
        "network": {**SMALL, "configuration": "C", "inputSize": 48, "batchNorm": True, "convBias": False},
        "labels": [4, 1],
    },
    {"network": {**SMALL, "configuration": "E", "inputSize": 64, "head": "small"}, "labels": [4, 3]},
]


class GuidedReLU(torch.autograd.Function):
    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return torch.where((x > 0) & (gradient > 0), gradient, torch.zeros_like(gradient))


def grad_cam(net: VGG, images: torch.Tensor, labels: list) -> torch.Tensor:
    """[images, height, width] of the last convolution's maps."""
    maps = net.last_maps(images).detach().requires_grad_()
    scores = net.classify(functional.max_pool2d(maps, 2))
    for image, label in enumerate(labels):
        scores[image, label].backward(retain_graph=True)
    weights = maps.grad.mean((2, 3))
    return torch.einsum("nk,nkhw->nhw", weights, maps).clamp(min=0).detach()


def guided_backpropagation(net: VGG, images: torch.Tensor, labels: list) -> torch.Tensor:
    images = images.clone().requires_grad_()
    scores = net.logits(images)
    (gradient,) = torch.autograd.grad(sum(scores[image, label] for image, label in enumerate(labels)), images)
    return gradient


def explain(case: dict) -> dict:
    options, labels = case["network"], case["labels"]
    size = options["inputSize"]
    images = torch.tensor(formula_images(len(labels), size, 3)).permute(0, 3, 1, 2)
    heat = grad_cam(VGG(options), images, labels)
    guided = guided_backpropagation(VGG(options, GuidedReLU.apply), images, labels)
    stretched = functional.interpolate(heat[:, None], (size, size), mode="bilinear", align_corners=False)
    # Kept in the library's layout, the channels last.
    channels_last = [each.permute(0, 2, 3, 1).flatten()[::EVERY] for each in [guided, guided * stretched]]
    return {
        "gradCAM": heat.tolist(),
        "guided": channels_last[0].tolist(),
        "guidedGradCAM": channels_last[1].tolist(),
    }


def answer(cases: list) -> dict:
    answered = [{**case, **explain(case)} for case in cases]
    return {"madeBy": "tests/peers/torch_grad_cam.py", "torch": torch.__version__, "every": EVERY, "cases": answered}


if len(sys.argv) > 1:
    print(json.dumps(answer(json.loads(sys.argv[1]))))
else:
    golden = pathlib.Path(__file__).parent.parent / "explain" / "golden" / "torch_grad_cam.json"
    golden.parent.mkdir(exist_ok=True)
    golden.write_text(json.dumps(answer(CASES), indent=2) + "\n")
