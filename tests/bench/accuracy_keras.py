"""The peer of accuracy.ts: Keras trains VGG-A with batch normalization at half width on CIFAR-10, by a plain recipe.

SGD with Nesterov momentum 0.9 in batches of 128, a rate that rises to 0.1 over a quarter of the steps and falls to a
hundredth of it, an L2 penalty of 5e-4 on the kernels, label smoothing 0.1, mirroring, and moves of two pixels.
Prints what came out and what it took, validation after each epoch included, as JSON:
python accuracy_keras.py FOLDER_OF_BINARY_FILES EPOCHS SEED
"""

import json
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "peers"))

import numpy as np

from keras_vgg import build_vgg, keras, tf

BATCH, PEAK, START, RISE, END, WEIGHT_DECAY, MOVES = 128, 0.1, 0.1, 0.25, 0.01, 5e-4, 2


def read(folder: pathlib.Path, names: list[str]) -> tuple[np.ndarray, np.ndarray]:
    records = np.concatenate([np.fromfile(folder / name, np.uint8).reshape(-1, 3073) for name in names])
    return records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), records[:, 0].astype(np.int64)


class Augmented(keras.utils.PyDataset):
    """Batches in a new order each epoch, every picture mirrored and moved at random."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, seed: int):
        super().__init__()
        edges = [(0, 0), (MOVES, MOVES), (MOVES, MOVES), (0, 0)]
        self.padded = np.pad(images, edges, "reflect")
        self.labels = np.eye(10, dtype=np.float32)[labels]
        self.random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        return -(-len(self.labels) // BATCH)

    def __getitem__(self, number: int):
        chosen = self.order[number * BATCH : (number + 1) * BATCH]
        images = np.empty((len(chosen), 32, 32, 3), np.float32)
        for place, index in enumerate(chosen):
            top, left = self.random.integers(0, 2 * MOVES + 1, 2)
            image = self.padded[index, top : top + 32, left : left + 32]
            images[place] = image[:, ::-1] if self.random.random() < 0.5 else image
        return images, self.labels[chosen]

    def on_epoch_end(self) -> None:
        self.order = self.random.permutation(len(self.labels))


@keras.saving.register_keras_serializable()
class Triangle(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, steps: int):
        self.steps = steps

    def __call__(self, step):
        share = tf.cast(step, tf.float32) / self.steps
        return tf.where(
            share < RISE,
            PEAK * (START + (1 - START) * share / RISE),
            PEAK * (1 + (END - 1) * (share - RISE) / (1 - RISE)),
        )

    def get_config(self):
        return {"steps": self.steps}


def make_model(mean: np.ndarray, deviation: np.ndarray, steps: int) -> keras.Model:
    options = {
        "configuration": "A",
        "inputSize": 32,
        "classes": 10,
        "batchNorm": True,
        "batchNormMomentum": 0.9,
        "convBias": False,
        "width": 0.5,
        "head": "small",
    }
    net = build_vgg(options, keras.regularizers.L2(WEIGHT_DECAY / 2))
    for layer in net.layers:
        if hasattr(layer, "kernel"):
            last = layer.name == "predictions"
            start = keras.initializers.RandomNormal(0, 0.01) if last else keras.initializers.HeNormal()
            layer.kernel.assign(start(layer.kernel.shape))
    inputs = keras.Input((32, 32, 3))
    scaled = keras.layers.Normalization(mean=mean, variance=deviation**2)(inputs)
    model = keras.Model(inputs, net(scaled))
    model.compile(
        optimizer=keras.optimizers.SGD(Triangle(steps), momentum=0.9, nesterov=True),
        loss=keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1),
        metrics=["accuracy"],
    )
    return model


def main() -> None:
    folder, epochs, seed = pathlib.Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    keras.utils.set_random_seed(seed)
    images, labels = read(folder, [f"data_batch_{number}.bin" for number in range(1, 6)])
    seen, right = read(folder, ["test_batch.bin"])
    batches = Augmented(images, labels, seed)
    flat = images.reshape(-1, 3).astype(np.float64)
    model = make_model(flat.mean(0), flat.std(0), epochs * len(batches))
    checks = (seen.astype(np.float32), np.eye(10, dtype=np.float32)[right])
    core, wall = time.process_time(), time.perf_counter()
    fitted = model.fit(batches, epochs=epochs, validation_data=checks, validation_batch_size=256, verbose=0)
    print(
        json.dumps(
            {
                "version": f"Keras {keras.__version__}",
                "core_seconds": time.process_time() - core,
                "seconds": time.perf_counter() - wall,
                "accuracy": fitted.history["val_accuracy"][-1],
            }
        )
    )


main()
