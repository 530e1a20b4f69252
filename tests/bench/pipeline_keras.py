"""The peer of pipeline.ts: Keras's ImageDataGenerator on the same files, with the article's ranges.

Prints the images a second of each epoch as a JSON list:
python pipeline_keras.py FOLDER_OF_CLASS_FOLDERS SIZE IMAGES BATCH EPOCHS
"""

import json
import sys
import time

from keras.src.legacy.preprocessing.image import ImageDataGenerator

folder = sys.argv[1]
size, images, batch, epochs = map(int, sys.argv[2:])

generator = ImageDataGenerator(
    rescale=1 / 255,
    rotation_range=10,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.1,
    zoom_range=0.1,
    fill_mode="nearest",
)
# The generator greets on standard output, which is for the result alone.
sys.stdout = sys.stderr
flow = generator.flow_from_directory(folder, target_size=(size, size), batch_size=batch, seed=42)
sys.stdout = sys.__stdout__

speeds = []
for _ in range(epochs):
    start, seen = time.perf_counter(), 0
    while seen < images:
        seen += len(next(flow)[0])
    speeds.append(seen / (time.perf_counter() - start))
print(json.dumps(speeds))
