"""Logits of Keras for networks and images that a formula fills.

Without arguments writes tests/vgg/golden/keras_logits.json, the small networks that the unit tests compare with.
With a list of options as JSON in the first argument prints the same for those.
"""

import json
import pathlib
import sys

import keras_vgg
from formula import formula_images, set_formula_weights

IMAGES = 2
SMALL = {"width": 1 / 16, "classes": 10, "dropout": 0}
CASES = [
    {**SMALL, "configuration": "A", "inputSize": 32, "batchNorm": True, "head": "small"},
    {**SMALL, "configuration": "A-LRN", "inputSize": 48},
    {**SMALL, "configuration": "B", "inputSize": 47, "batchNorm": True, "convBias": False},
    {**SMALL, "configuration": "C", "inputSize": 32},
    {**SMALL, "configuration": "D", "inputSize": 40, "channels": 1, "head": "small"},
    {**SMALL, "configuration": "E", "inputSize": 64, "batchNorm": True},
]


def logits_of(options: dict) -> list:
    model = keras_vgg.build_vgg(options)
    set_formula_weights(model)
    images = formula_images(IMAGES, options["inputSize"], options.get("channels", 3))
    return [[float(value) for value in row] for row in model(images, training=False).numpy()]


def answer(cases: list) -> dict:
    versions = {"keras": keras_vgg.keras.__version__, "tensorflow": keras_vgg.tf.__version__}
    networks = [{"options": case, "images": IMAGES, "logits": logits_of(case)} for case in cases]
    return {"madeBy": "tests/peers/keras_logits.py", **versions, "networks": networks}


if len(sys.argv) > 1:
    print(json.dumps(answer(json.loads(sys.argv[1]))))
else:
    golden = pathlib.Path(__file__).parent.parent / "vgg" / "golden" / "keras_logits.json"
    golden.write_text(json.dumps(answer(CASES), indent=2) + "\n")
