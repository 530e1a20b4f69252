"""The paper's networks in PyTorch, with weights that a formula fills; nothing is shared with the library."""

import math

import torch
from torch.nn import functional

from configurations import CONFIGURATIONS
from formula import formula_values, scale_and_offset

EPSILON = 1e-3


class VGG:
    """Weights lie in Keras's layout, in Keras's order."""

    def __init__(self, options: dict, relu=functional.relu):
        self.options = options
        self.relu = relu
        self.small = options.get("head") == "small"
        self.stream = 0
        width, channels = options["width"], 3
        self.blocks = []
        for convolutions in CONFIGURATIONS[options["configuration"]]:
            block = []
            for wanted in convolutions:
                filters = max(1, round(abs(wanted) * width))
                side = 1 if wanted < 0 else 3
                block.append(self.convolution(side, channels, filters))
                channels = filters
            self.blocks.append(block)
        self.side = options["inputSize"]
        for _ in self.blocks:
            self.side //= 2
        units = [] if self.small else [round(4096 * width)] * 2
        inputs = channels if self.small else self.side**2 * channels
        self.head = []
        for outputs in [*units, options["classes"]]:
            self.head.append((self.weight("kernel", (inputs, outputs)), self.weight("bias", (outputs,))))
            inputs = outputs

    def weight(self, name: str, shape: tuple) -> torch.Tensor:
        values = formula_values(math.prod(shape), self.stream)
        self.stream += 1
        scale, offset = scale_and_offset(name, shape)
        return torch.tensor((offset + scale * values).reshape(shape), dtype=torch.float32)

    def convolution(self, side: int, channels: int, filters: int) -> dict:
        layer = {"kernel": self.weight("kernel", (side, side, channels, filters)).permute(3, 2, 0, 1)}
        if self.options.get("convBias", True):
            layer["bias"] = self.weight("bias", (filters,))
        if self.options.get("batchNorm", False):
            for name in ["gamma", "beta", "moving_mean", "moving_variance"]:
                layer[name] = self.weight(name, (filters,))
        return layer

    def last_maps(self, images: torch.Tensor) -> torch.Tensor:
        """What the last convolution gives, after its ReLU."""
        x = images
        for number, block in enumerate(self.blocks):
            for layer in block:
                x = functional.conv2d(x, layer["kernel"], layer.get("bias"), padding="same")
                if "gamma" in layer:
                    mean, variance = layer["moving_mean"], layer["moving_variance"]
                    x = functional.batch_norm(x, mean, variance, layer["gamma"], layer["beta"], eps=EPSILON)
                x = self.relu(x)
            if self.options["configuration"] == "A-LRN" and number == 0:
                # PyTorch divides alpha by the number of channels.
                x = functional.local_response_norm(x, size=5, alpha=5e-4, beta=0.75, k=2)
            if number < len(self.blocks) - 1:
                x = functional.max_pool2d(x, 2)
        return x

    def features(self, images: torch.Tensor) -> torch.Tensor:
        return functional.max_pool2d(self.last_maps(images), 2)

    def logits(self, images: torch.Tensor) -> torch.Tensor:
        """Of images [n, 3, side, side] of the network's own size."""
        return self.classify(self.features(images))

    def classify(self, maps: torch.Tensor) -> torch.Tensor:
        x = maps.mean((2, 3)) if self.small else maps.permute(0, 2, 3, 1).flatten(1)
        for number, (kernel, bias) in enumerate(self.head, 1):
            x = x @ kernel + bias
            if number < len(self.head):
                x = self.relu(x)
        return x

    def dense_logits(self, images: torch.Tensor) -> torch.Tensor:
        """Of images [n, 3, height, width]: the fully connected layers at every place of the map, averaged."""
        maps = self.features(images)
        if self.small:
            kernel, bias = self.head[0]
            scores = torch.einsum("nchw,co->nohw", maps, kernel) + bias[:, None, None]
            return scores.mean((2, 3))
        places = []
        for top in range(maps.shape[2] - self.side + 1):
            for left in range(maps.shape[3] - self.side + 1):
                x = maps[:, :, top : top + self.side, left : left + self.side]
                x = x.permute(0, 2, 3, 1).flatten(1)
                for kernel, bias in self.head[:-1]:
                    x = self.relu(x @ kernel + bias)
                kernel, bias = self.head[-1]
                places.append(x @ kernel + bias)
        return torch.stack(places).mean(0)
