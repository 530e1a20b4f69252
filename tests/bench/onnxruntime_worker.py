"""ONNX Runtime's side of the benchmark: VGG16's predictions, in float32, by its own optimizations."""

import numpy as np
import onnxruntime

import onnx_vgg
import worker


def open_case(case: dict):
    if case["what"] != "predict":
        raise worker.UnsupportedError("ONNX Runtime predicts alone")
    if case["precision"] != "float32":
        raise worker.UnsupportedError("ONNX Runtime has no bfloat16 convolution on CPUs")
    # A card first, where the package knows one.
    providers = onnxruntime.get_available_providers()
    wanted = [name for name in ["CUDAExecutionProvider", "CPUExecutionProvider"] if name in providers]
    parameters, session = onnx_vgg.with_file(
        case, lambda path: onnxruntime.InferenceSession(path, providers=wanted)
    )
    shape = (case["batch"], case["size"], case["size"], 3)
    images = np.random.default_rng(7).random(shape, dtype=np.float32)

    def predict() -> float:
        return float(session.run(None, {"images": images})[0][0, 0])

    version = f"ONNX Runtime {onnxruntime.__version__} ({session.get_providers()[0]})"
    return version, parameters, worker.timed(predict)


worker.serve(open_case)
