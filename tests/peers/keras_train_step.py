"""Three training steps of a tiny network in Keras, as values to compare with.

Writes tests/vgg/golden/keras_train_step.json, or prints it where there is an argument: network A with batch
normalization at a sixteenth of its width, 8 images of 32 pixels, SGD with Nesterov momentum and an L2 penalty on the
kernels. The penalty adds weightDecay / 2 * w * w to the loss for each value w of a kernel, so weightDecay * w to its
gradient; "losses" are the cross-entropy alone, before each step.
"""

import json
import pathlib
import sys

import numpy as np

import keras_vgg
from formula import formula_images, set_formula_weights
from keras_vgg import keras, tf

OPTIONS = {
    "configuration": "A",
    "inputSize": 32,
    "classes": 10,
    "batchNorm": True,
    "batchNormMomentum": 0.9,
    "width": 1 / 16,
    "head": "small",
}
BATCH, STEPS = 8, 3
RATE, MOMENTUM, WEIGHT_DECAY = 0.05, 0.9, 5e-4


def train() -> dict:
    model = keras_vgg.build_vgg(OPTIONS, keras.regularizers.L2(WEIGHT_DECAY / 2))
    set_formula_weights(model)
    images = formula_images(BATCH, OPTIONS["inputSize"], 3)
    labels = np.arange(BATCH) % OPTIONS["classes"]
    optimizer = keras.optimizers.SGD(RATE, momentum=MOMENTUM, nesterov=True)
    cross_entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    losses, gradients = [], []
    for _ in range(STEPS):
        with tf.GradientTape() as tape:
            loss = cross_entropy(labels, model(images, training=True))
            total = loss + tf.add_n(model.losses)
        variables = model.trainable_variables
        gradients.append(tape.gradient(total, variables))
        optimizer.apply(gradients[-1], variables)
        losses.append(float(loss))
    first = [summary(gradient) for gradient in gradients[0]]
    trained = [variable.path for variable in model.trainable_variables]
    weights = {variable.path: summary(variable) for variable in model.weights}
    logits = model(images, training=False).numpy()
    return {
        "losses": losses,
        "firstGradients": dict(zip(trained, first)),
        "weights": weights,
        "logits": [[float(value) for value in row] for row in logits],
    }


def summary(tensor) -> dict:
    """A few numbers that tell a tensor: its norm and its first values."""
    values = np.asarray(tensor, dtype=np.float64).ravel()
    return {"norm": float(np.linalg.norm(values)), "first": [float(v) for v in values[:4]]}


golden = pathlib.Path(__file__).parent.parent / "vgg" / "golden" / "keras_train_step.json"
settings = {
    "options": OPTIONS,
    "batch": BATCH,
    "learningRate": RATE,
    "momentum": MOMENTUM,
    "nesterov": True,
    "weightDecay": WEIGHT_DECAY,
}
versions = {"keras": keras.__version__, "tensorflow": tf.__version__}
made = {"madeBy": "tests/peers/keras_train_step.py", **versions, **settings, **train()}
text = json.dumps(made, indent=2) + "\n"
if len(sys.argv) > 1:
    print(text)
else:
    golden.write_text(text)
