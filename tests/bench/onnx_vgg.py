"""VGG16 as an ONNX file, for the runtimes that predict from one.

Run as a program, it writes the file `sys.argv[1]` of the case `sys.argv[2]` and prints how many
parameters that has: what building takes of memory is then not the runtime's.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

CHANNELS = [64, 64, "M", 128, 128, "M", *[256] * 3, "M", *[512] * 3, "M", *[512] * 3, "M"]
OPSET = 17


def with_file(case: dict, use):
    """Gives the number of parameters of the case's file, and what `use` makes of its path."""
    with tempfile.TemporaryDirectory(prefix="vgg-bench-", ignore_cleanup_errors=True) as folder:
        path = pathlib.Path(folder, "vgg16.onnx")
        command = [sys.executable, __file__, str(path), json.dumps(case)]
        parameters = int(subprocess.check_output(command))
        return parameters, use(str(path))


def write(path: str, case: dict) -> int:
    """Gives the number of parameters."""
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    random = np.random.default_rng(7)
    nodes, weights = [], []

    def constant(values) -> str:
        weights.append(numpy_helper.from_array(values, f"weight{len(weights)}"))
        return weights[-1].name

    def layer(kind: str, inputs: list, **attributes) -> str:
        nodes.append(helper.make_node(kind, inputs, [f"value{len(nodes)}"], **attributes))
        return nodes[-1].output[0]

    def glorot(shape: tuple, fan_in: int, fan_out: int) -> str:
        limit = np.sqrt(6 / (fan_in + fan_out))
        return constant(((random.random(shape, dtype=np.float32) * 2 - 1) * limit).astype(np.float32))

    def zeros(size: int) -> str:
        return constant(np.zeros(size, np.float32))

    # Rows of pixels, as the other frameworks get them.
    x, channels = layer("Transpose", ["images"], perm=[0, 3, 1, 2]), 3
    for item in CHANNELS:
        if item == "M":
            x = layer("MaxPool", [x], kernel_shape=[2, 2], strides=[2, 2])
            continue
        kernel = glorot((item, channels, 3, 3), channels * 9, item * 9)
        x = layer("Relu", [layer("Conv", [x, kernel, zeros(item)], pads=[1, 1, 1, 1])])
        channels = item
    x, size = layer("Flatten", [x]), channels * (case["size"] // 32) ** 2
    for units in [case["hidden"], case["hidden"], 10]:
        x = layer("Gemm", [x, glorot((size, units), size, units), zeros(units)])
        size = units
        if units != 10:
            x = layer("Relu", [x])
    shape = [case["batch"], case["size"], case["size"], 3]
    graph = helper.make_graph(
        nodes,
        "vgg16",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(x, TensorProto.FLOAT, [case["batch"], 10])],
        weights,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=8)
    onnx.save(model, path)
    return sum(int(np.prod(weight.dims)) for weight in weights)


if __name__ == "__main__":
    print(write(sys.argv[1], json.loads(sys.argv[2])))
