import { basename, dirname, join } from "@std/path";
import { isFile } from "../../data/sources/folders.ts";
import { OptionError } from "../../errors.ts";
import { replaceFile } from "../../files/replace_file.ts";
import { type ResolvedVGGOptions, resolveVGGOptions } from "../../vgg/options.ts";
import { planVGG } from "../../vgg/plan.ts";
import type { NetDescription } from "../net.ts";
import { inputOf } from "./input.ts";

/** The first line of the modules, by which they are told from files of others. */
const marker = '"""A VGG net for PyTorch, written by `export --format torchvision`.';

/** Returns the path of the Python module beside a file of weights; its name can be imported. */
export function torchModulePath(path: string): string {
  const stem = basename(path).replace(/\.[^.]*$/, "");
  const name = stem.replace(/\W/g, "_").replace(/^(?=\d)/, "_");
  return join(dirname(path), `${name || "net"}.py`);
}

/**
 * Requires that the place of the module is free, or has a module of this library.
 *
 * @throws {OptionError} If another file is there.
 */
export async function requireModulePlace(path: string): Promise<void> {
  const module = torchModulePath(path);
  if (!await isFile(module)) return;
  using file = await Deno.open(module);
  const start = new Uint8Array(marker.length);
  const count = await file.read(start) ?? 0;
  if (new TextDecoder().decode(start.subarray(0, count)) === marker) return;
  throw new OptionError(
    `the module ${module} would replace a file that is not one of these; give another --output`,
  );
}

/** Writes the Python module that makes the net and loads its weights. */
export async function writeTorchModule(
  description: NetDescription,
  path: string,
): Promise<void> {
  await replaceFile(torchModulePath(path), moduleText(description, basename(path)));
}

/** JSON's numbers, texts and lists are Python's too. */
const python = (value: unknown): string => JSON.stringify(value);

function moduleText(description: NetDescription, weights: string): string {
  const options = resolveVGGOptions({ ...description.network, activation: "linear" });
  const { size, mean, deviation, resize, colors } = inputOf(description);
  const { features, classifier } = layersOf(options);
  const shortest = resize.mode === "stretch" ? undefined : resize.shortestSide ?? resize.size;
  const lines = (layers: readonly string[]): string =>
    layers.map((layer) => `            ${layer},\n`).join("");
  return `${marker}

It makes the module and loads its weights. The module gives logits; their softmax is the probabilities.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn

WEIGHTS = Path(__file__).with_name(${python(weights)})
# Pixels from 0 to 255, ${colors}; the input is (pixel - mean) / deviation.
SIZE = ${size}
MEAN = ${python(mean)}
DEVIATION = ${python(deviation)}
CLASSES = ${python(description.classes.map(({ name }) => name))}


class VGG(nn.Module):
    """The net, with torchvision's names of layers. It takes images [batch, ${options.channels}, ${size}, ${size}]."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
${lines(features)}        )
        self.classifier = nn.Sequential(
${lines(classifier)}        )

    def forward(self, images):
        maps = self.features(images)
        return self.classifier(${
    options.head === "small" ? "maps.mean((2, 3))" : "torch.flatten(maps, 1)"
  })


def load(path=WEIGHTS):
    """Makes the net with its weights, ready to predict."""
    net = VGG()
    net.load_state_dict(load_file(path))
    return net.eval()


def preprocess(image):
    """Makes the input of the net, [1, ${options.channels}, ${size}, ${size}], from an image of Pillow."""
    image = image.convert(${python(colors === "gray" ? "L" : "RGB")})
${
    shortest === undefined
      ? "    image = image.resize((SIZE, SIZE), Image.Resampling.BILINEAR)"
      : `    scale = ${shortest} / min(image.size)
    image = image.resize([max(SIZE, round(side * scale)) for side in image.size], Image.Resampling.BILINEAR)
    left, top = [(side - SIZE) // 2 for side in image.size]
    image = image.crop((left, top, left + SIZE, top + SIZE))`
  }
    pixels = np.asarray(image, np.float32).reshape(SIZE, SIZE, -1)
    values = (pixels - np.float32(MEAN)) / np.float32(DEVIATION)
    return torch.from_numpy(values).permute(2, 0, 1)[None]


if __name__ == "__main__":
    import sys

    model = load()
    for name in sys.argv[1:]:
        with torch.no_grad():
            probabilities = model(preprocess(Image.open(name)))[0].softmax(0)
        for value, index in zip(*probabilities.topk(min(5, len(CLASSES)))):
            print(f"{name}  {value:6.1%}  {CLASSES[index]}")
`;
}

/** The layers in the order of the names that the weights have. */
function layersOf(options: ResolvedVGGOptions): { features: string[]; classifier: string[] } {
  const features: string[] = [];
  const classifier: string[] = [];
  let { channels } = options;
  const side = Math.floor(options.inputSize / 32);
  for (const plan of planVGG(options)) {
    switch (plan.kind) {
      case "convolution": {
        const { filters, kernelSize, relu } = plan;
        const padding = kernelSize === 3 ? ", padding=1" : "";
        features.push(`nn.Conv2d(${channels}, ${filters}, ${kernelSize}${padding})`);
        if (relu) features.push("nn.ReLU(inplace=True)");
        channels = filters;
        break;
      }
      case "batch_normalization":
        features.push(`nn.BatchNorm2d(${channels})`);
        break;
      case "relu":
        features.push("nn.ReLU(inplace=True)");
        break;
      case "local_response_normalization":
        // PyTorch divides alpha by the number of channels.
        features.push("nn.LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2.0)");
        break;
      case "max_pooling":
        features.push("nn.MaxPool2d(2)");
        break;
      case "flatten":
        channels *= side * side;
        break;
      case "dense":
        classifier.push(`nn.Linear(${channels}, ${plan.units})`);
        if (plan.activation === "relu") {
          classifier.push("nn.ReLU(inplace=True)", `nn.Dropout(${options.dropout})`);
        }
        channels = plan.units;
        break;
    }
  }
  return { features, classifier };
}
