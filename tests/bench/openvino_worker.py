"""OpenVINO's side of the benchmark: VGG16's predictions on the CPU, in float32 or bfloat16."""

import numpy as np
import openvino

import onnx_vgg
import worker

HINTS = {"float32": "f32", "bfloat16": "bf16"}


def open_case(case: dict):
    if case["what"] != "predict":
        raise worker.UnsupportedError("OpenVINO predicts alone")
    core = openvino.Core()
    able = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    if case["precision"] == "bfloat16" and "BF16" not in able:
        raise worker.UnsupportedError("OpenVINO has no bfloat16 on this CPU")
    # All cores for one batch, and the precision that is asked for: its own choice may be another.
    options = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": HINTS[case["precision"]],
    }
    parameters, compiled = onnx_vgg.with_file(case, lambda path: core.compile_model(path, "CPU", options))
    shape = (case["batch"], case["size"], case["size"], 3)
    images = np.random.default_rng(7).random(shape, dtype=np.float32)

    def predict() -> float:
        return float(compiled(images, share_inputs=True)[0][0, 0])

    version = f"OpenVINO {openvino.__version__.split('-')[0]} (CPU)"
    return version, parameters, worker.timed(predict)


worker.serve(open_case)
