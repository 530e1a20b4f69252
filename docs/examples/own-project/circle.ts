/** Learns which points of a square are in the circle, and estimates π from the area that it learned. */
import { compile, tf, useEngine } from "vgg/engine";

/** Points of the square from -1 to 1, [count, 2]. */
function drawPoints(count: number, seed: number): tf.Tensor2D {
  return tf.randomUniform([count, 2], -1, 1, "float32", seed) as tf.Tensor2D;
}

/** 1 for points in the circle of radius 1, else 0, [count, 1]. */
function inCircle(points: tf.Tensor2D): tf.Tensor2D {
  return tf.tidy(() => points.square().sum(1, true).lessEqual(1).toFloat() as tf.Tensor2D);
}

const engine = await useEngine();
console.log(engine.reason);

const layer = (units: number, activation: "relu" | "sigmoid", seed: number) =>
  tf.layers.dense({ units, activation, kernelInitializer: tf.initializers.heNormal({ seed }) });
const model = tf.sequential();
model.add(tf.layers.inputLayer({ inputShape: [2] }));
model.add(layer(32, "relu", 1));
model.add(layer(32, "relu", 2));
model.add(layer(1, "sigmoid", 3));
model.compile({
  optimizer: tf.train.adam(0.01),
  loss: "binaryCrossentropy",
  metrics: ["accuracy"],
});

// On the native engine each step of `fit` is one compiled operation.
const [x, unseen] = [drawPoints(2000, 4), drawPoints(2000, 5)];
const [y, unseenY] = [inCircle(x), inCircle(unseen)];
await model.fit(x, y, { epochs: 30, batchSize: 50, shuffle: false, verbose: 0 });
const [, accuracy] = model.evaluate(unseen, unseenY, { verbose: 0 }) as tf.Scalar[];
console.log("accuracy", accuracy!.dataSync()[0]!.toFixed(3));

// `compile` makes one operation of any function of tensors, on the engines that can.
const areaInside = compile((points: tf.Tensor) =>
  (model.predict(points) as tf.Tensor).greater(0.5).toFloat().mean().mul(4)
);
const area = await areaInside.callAsync(drawPoints(20_000, 6));
console.log("pi", area.dataSync()[0]!.toFixed(3));
