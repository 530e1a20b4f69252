"""Class posteriors of PyTorch by center crop, dense evaluation and multi-crop, for nets and images of a formula.

Without arguments writes tests/evaluation/golden/torch_test_time.json. With a list of cases as JSON in the first
argument prints the same for those. A case: `network` (options of buildVGG), `squash` (whether images are squares),
`scales`, `flip`.
"""

import json
import pathlib
import sys

import numpy as np
import torch

from formula import formula_values
from torch_vgg import VGG

IMAGES = 4
# By how much a picture is wider or higher than its shortest side.
EXTRAS = [(0, 0), (13, 0), (0, 21), (13, 0)]
MEAN, DEVIATION = (120.0, 115.0, 104.0), (60.0, 58.0, 62.0)
SMALL = {"width": 1 / 16, "classes": 5}
CASES = [
    {
        "network": {**SMALL, "configuration": "A", "inputSize": 32, "batchNorm": True, "head": "small"},
        "squash": True,
        "scales": [32, 41],
        "flip": True,
    },
    {
        "network": {**SMALL, "configuration": "D", "inputSize": 47},
        "squash": False,
        "scales": [49, 64],
        "flip": True,
    },
    {
        "network": {**SMALL, "configuration": "A-LRN", "inputSize": 64},
        "squash": False,
        "scales": [96],
        "flip": False,
    },
    {
        "network": {**SMALL, "configuration": "C", "inputSize": 32, "batchNorm": True, "convBias": False},
        "squash": False,
        "scales": [48, 32],
        "flip": True,
    },
]


def formula_bytes(shape: tuple, stream: int) -> np.ndarray:
    values = formula_values(int(np.prod(shape)), stream).reshape(shape)
    return np.floor((values + 1) * 128).astype(np.int64)


def picture(index: int, scale: int, squash: bool) -> torch.Tensor:
    """Patches of color with some noise, [3, height, width]; another scale gives another picture."""
    wider, higher = (0, 0) if squash else EXTRAS[index]
    height, width = scale + higher, scale + wider
    patches = formula_bytes((height // 9 + 1, width // 9 + 1, 3), 5000 + index)
    noise = formula_bytes((height, width, 3), 6000 + index)
    rows, columns = np.arange(height) // 9, np.arange(width) // 9
    pixels = (3 * patches[rows][:, columns] + noise) // 4
    normalized = (torch.tensor(pixels, dtype=torch.float32) - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
    return normalized.permute(2, 0, 1)


def mirrored(views: torch.Tensor, flip: bool) -> torch.Tensor:
    return torch.cat([views, views.flip(3)]) if flip else views


def mean_posteriors(logits: torch.Tensor) -> torch.Tensor:
    return logits.double().softmax(1).mean(0)


def center(net: VGG, image: torch.Tensor, flip: bool) -> torch.Tensor:
    side = net.options["inputSize"]
    top, left = (image.shape[1] - side) // 2, (image.shape[2] - side) // 2
    crop = image[None, :, top : top + side, left : left + side]
    return mean_posteriors(net.logits(mirrored(crop, flip)))


def dense(net: VGG, image: torch.Tensor, flip: bool) -> torch.Tensor:
    return mean_posteriors(net.dense_logits(mirrored(image[None], flip)))


def multi(net: VGG, image: torch.Tensor, flip: bool) -> torch.Tensor:
    """Five by five crops, the outermost at the edges."""
    side = net.options["inputSize"]
    last_top, last_left = image.shape[1] - side, image.shape[2] - side
    crops = []
    for row in range(5):
        for column in range(5):
            # Halves are rounded up.
            top, left = (last_top * row + 2) // 4, (last_left * column + 2) // 4
            crops.append(image[:, top : top + side, left : left + side])
    return mean_posteriors(net.logits(mirrored(torch.stack(crops), flip)))


def posteriors(case: dict) -> dict:
    net, flip = VGG(case["network"]), case["flip"]
    found = {"center": [], "dense": [], "multi": [], "both": []}
    for index in range(IMAGES):
        images = [picture(index, scale, case["squash"]) for scale in case["scales"]]
        for name, look in {"center": center, "dense": dense, "multi": multi}.items():
            found[name].append(torch.stack([look(net, image, flip) for image in images]).mean(0))
        found["both"].append((found["dense"][-1] + found["multi"][-1]) / 2)
    return {name: [row.tolist() for row in rows] for name, rows in found.items()}


def answer(cases: list) -> dict:
    with torch.no_grad():
        answered = [{**case, "posteriors": posteriors(case)} for case in cases]
    return {
        "madeBy": "tests/peers/torch_test_time.py",
        "torch": torch.__version__,
        "images": IMAGES,
        "extras": EXTRAS,
        "mean": MEAN,
        "deviation": DEVIATION,
        "cases": answered,
    }


if len(sys.argv) > 1:
    print(json.dumps(answer(json.loads(sys.argv[1]))))
else:
    golden = pathlib.Path(__file__).parent.parent / "evaluation" / "golden" / "torch_test_time.json"
    golden.write_text(json.dumps(answer(CASES), indent=2) + "\n")
