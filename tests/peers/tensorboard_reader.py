"""What TensorBoard's own reader finds in a folder of event files, as JSON.

Scalars are those that its dashboard of curves would show, images those of its dashboard of images:
tags, steps, values and pixels.
"""

import io
import json
import sys

import numpy
from PIL import Image
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def decode(png: bytes) -> dict:
    image = Image.open(io.BytesIO(png))
    pixels = numpy.asarray(image)
    return {"mode": image.mode, "shape": pixels.shape, "pixels": pixels.flatten().tolist()}


def read(directory: str) -> dict:
    # As TensorBoard's server reads it; other readers do not bring old and new summaries together.
    events = EventAccumulator(directory).Reload()
    scalars, images = [], []
    for tag in events.Tags()["tensors"]:
        plugin = events.SummaryMetadata(tag).plugin_data.plugin_name
        for event in events.Tensors(tag):
            array = tensor_util.make_ndarray(event.tensor_proto)
            point = {"tag": tag, "step": event.step}
            if plugin == "scalars":
                scalars.append({**point, "type": str(array.dtype), "value": float(array)})
            elif plugin == "images":
                width, height, *pngs = array
                size = {"width": int(width), "height": int(height)}
                images += [{**point, **size, **decode(png)} for png in pngs]
    return {"scalars": scalars, "images": images}


print(json.dumps(read(sys.argv[1])))
