import assert from "node:assert/strict";
import { readModelConfig } from "../../../lib/weights/keras/model/config.ts";
import { type Json, parseJson } from "../../../lib/weights/keras/model/json.ts";
import { preprocessingOfPixels } from "../../../lib/weights/keras/model/pixels.ts";
import { type Trace, traceModel } from "../../../lib/weights/keras/model/trace.ts";
import {
  average,
  called,
  convolution,
  dense,
  functional,
  functional2,
  input,
  layer,
  type LayerJson,
  sequential,
  tensor,
  vgg11,
} from "./model_json.ts";

function trace(
  model: LayerJson,
  values: readonly (readonly number[])[] = [],
): Promise<Trace> {
  const json: Json = JSON.parse(JSON.stringify(model));
  return traceModel(readModelConfig(json)!, () => Promise.resolve(values));
}

const net = [...vgg11(), average, dense(3, "softmax")];

/** `[mean, deviation, order]` of the preprocessing of a model. */
async function preprocessing(
  model: LayerJson,
  values?: readonly (readonly number[])[],
): Promise<unknown> {
  const found = preprocessingOfPixels((await trace(model, values)).pixels);
  return found && [found.normalization.mean, found.normalization.deviation, found.channelOrder];
}

/** Layers of Keras before a net, and what they do to RGB pixels. */
const sequences: readonly [string, readonly LayerJson[], unknown][] = [
  ["Rescaling to 0…1", [layer("Rescaling", { scale: 1 / 255, offset: 0 })], [
    [0, 0, 0],
    [255, 255, 255],
    "RGB",
  ]],
  ["Rescaling to -1…1", [layer("Rescaling", { scale: 1 / 127.5, offset: -1 })], [
    [127.5, 127.5, 127.5],
    [127.5, 127.5, 127.5],
    "RGB",
  ]],
  ["Rescaling by channel after augmentation", [
    sequential([layer("RandomFlip"), layer("RandomRotation"), layer("GaussianNoise")]),
    layer("Rescaling", { scale: [0.5, 0.25, 0.125], offset: [1, 0, -1] }),
  ], [[-2, 0, 8], [2, 4, 8], "RGB"]],
  ["Normalization with its numbers", [
    layer("Rescaling", { scale: 1 / 255, offset: 0 }),
    layer("Normalization", { axis: [-1], mean: [0.5, 0.2, 0.4], variance: [0.25, 0.04, 0.01] }),
  ], [[127.5, 51, 102], [127.5, 51, 25.5], "RGB"]],
  ["Normalization with one number", [
    layer("Normalization", { axis: [], mean: 100, variance: 2500 }),
  ], [[100, 100, 100], [50, 50, 50], "RGB"]],
  ["nothing", [layer("RandomFlip"), layer("Resizing", { height: 64, width: 64 })], undefined],
  ["code", [
    layer("Rescaling", { scale: 1 / 255, offset: 0 }),
    layer("Lambda", { function: { class_name: "__lambda__", config: { code: "4wEA" } } }),
  ], undefined],
  ["a layer of one's own", [layer("Own>Whitening")], undefined],
  ["code of another net", [
    layer("Lambda", { function: "preprocess_input", module: "keras.applications.mobilenet" }),
  ], undefined],
  ["the name of Keras's function", [
    layer("Lambda", { function: { class_name: "function", config: "preprocess_input" } }),
  ], [[123.68, 116.779, 103.939], [1, 1, 1], "BGR"]],
];

for (const [name, layers, expected] of sequences) {
  Deno.test(`traceModel() reads the preprocessing of images: ${name}`, async () => {
    assert.deepEqual(
      await preprocessing(sequential([input(64, 64, 3), ...layers, ...net])),
      expected,
    );
  });
}

Deno.test("traceModel() reads adapted normalizations from their arrays", async () => {
  const adapted = layer("Normalization", { axis: [-1], mean: null, variance: null });
  const model = sequential([input(64, 64, 3), adapted, ...net]);
  const values = [[10, 20, 30], [4, 16, 64]];
  assert.deepEqual(await preprocessing(model, values), [[10, 20, 30], [2, 4, 8], "RGB"]);
  const normalization = layer("BatchNormalization", { epsilon: 0, scale: true, center: false });
  const other = sequential([input(64, 64, 3), normalization, ...net]);
  const statistics = [[0.5, 1, 2], ...values];
  assert.deepEqual(await preprocessing(other, statistics), [[10, 20, 30], [4, 4, 4], "RGB"]);
});

Deno.test("traceModel() reads Keras 3's preprocess_input, which takes channels apart", async () => {
  const first = input(64, 64, 3);
  const flip = called(layer("RandomFlip"), tensor(first));
  const channels = [2, 1, 0].map((channel) =>
    called(layer("GetItem"), tensor(flip), [{ class_name: "__ellipsis__", config: {} }, channel])
  );
  const stack = called(layer("Stack", { axis: -1 }), channels.map(tensor));
  const mean = [[[[-103.93900299072266, -116.77899932861328, -123.68000030517578]]]];
  const add = called(layer("Add"), tensor(stack), {
    class_name: "__tensor__",
    config: { value: mean, dtype: "float32" },
  });
  const base = called(functional([input(64, 64, 3), ...vgg11()], "vgg11"), tensor(add));
  const model = functional([first, flip, ...channels, stack, add, base, average, dense(3)]);
  assert.deepEqual(await preprocessing(model), [[123.68, 116.779, 103.939], [1, 1, 1], "BGR"]);
  assert.deepEqual((await trace(model)).layers.map(({ name }) => name).slice(0, 3), [
    ...["block1_conv1", "block1_pool", "block2_conv1"],
  ]);
});

Deno.test("traceModel() reads arithmetic and slices of Keras 3", async () => {
  const first = input(32, 32, 3);
  const slice = { class_name: "__slice__", config: { start: null, stop: null, step: -1 } };
  const reversed = called(layer("GetItem"), tensor(first), [
    { class_name: "__ellipsis__", config: {} },
    slice,
  ]);
  const difference = called(layer("Subtract"), 200, tensor(reversed));
  const product = called(layer("Multiply"), [0.5, 0.25, 0.1], tensor(difference));
  const quotient = called(layer("TrueDivide"), tensor(product), 2);
  const model = functional([first, reversed, difference, product, quotient, ...net]);
  // (200 - blue) / 4, (200 - green) / 8, (200 - red) / 20
  assert.deepEqual(await preprocessing(model), [[200, 200, 200], [-20, -8, -4], "BGR"]);
  const cropped = called(layer("GetItem"), tensor(first), [
    { class_name: "__ellipsis__", config: {} },
    { class_name: "__slice__", config: { start: 1, stop: null, step: null } },
  ]);
  assert.equal(await preprocessing(functional([first, cropped, ...net])), undefined);
});

Deno.test("traceModel() reads TensorFlow's operations in Keras 2", async () => {
  const first = layer("InputLayer", { batch_input_shape: [null, 32, 32, 3] });
  const slices = [{ class_name: "__ellipsis__" }, { start: null, stop: null, step: -1 }];
  const getItem = {
    ...layer("SlicingOpLambda", { name: "tf.item", function: "__operators__.getitem" }),
    options: { slice_spec: slices },
  };
  const add = {
    ...layer("TFOpLambda", { name: "tf.add", function: "nn.bias_add" }),
    options: { bias: [-103.939, -116.779, -123.68], data_format: "NHWC" },
  };
  const mean = [123.68, 116.779, 103.939];
  const model = functional2([first, getItem, add, ...net]);
  assert.deepEqual(await preprocessing(model), [mean, [1, 1, 1], "BGR"]);
  const divide = {
    ...layer("TFOpLambda", { name: "tf.divide", function: "math.truediv" }),
    options: { y: 127.5, name: null },
  };
  const subtract = {
    ...layer("TFOpLambda", { name: "tf.subtract", function: "math.subtract" }),
    options: { y: 1, name: null },
  };
  const half = [127.5, 127.5, 127.5];
  assert.deepEqual(await preprocessing(functional2([first, divide, subtract, ...net])), [
    ...[half, half, "RGB"],
  ]);
});

Deno.test("traceModel() takes the size of the input where images get it", async () => {
  const sizeOf = async (...layers: LayerJson[]): Promise<unknown> =>
    (await trace(sequential([...layers, ...net]))).pixels.size;
  assert.deepEqual(await sizeOf(input(96, 96, 3)), [96, 96]);
  assert.deepEqual(await sizeOf(input(null, null, 3)), [null, null]);
  assert.deepEqual(await sizeOf(input(3, 64, 48)), [64, 48]);
  const resizing = layer("Resizing", { height: 160, width: 160 });
  assert.deepEqual(await sizeOf(input(180, 200, 3), resizing), [160, 160]);
  const larger = layer("UpSampling2D", { size: [7, 7] });
  assert.deepEqual(await sizeOf(input(32, 32, 3), larger), [224, 224]);
  const first = convolution(1, { name: "block1_conv1", batch_input_shape: [null, 48, 48, 3] });
  const { pixels } = await trace(sequential([first, ...vgg11().slice(1)]));
  assert.deepEqual(pixels.size, [48, 48]);
});

Deno.test("readModelConfig() numbers groups by class, as Keras 3 does", () => {
  const json: Json = JSON.parse(JSON.stringify(sequential([
    ...[
      input(64, 64, 3),
      sequential(vgg11(), "base"),
      layer("BatchNormalization"),
      average,
      dense(3),
      dense(2),
    ],
  ])));
  const { layers } = readModelConfig(json)!;
  assert.deepEqual(layers.map(({ group }) => group.join()), [
    ...["input_layer", "sequential", "batch_normalization", "global_average_pooling2d"],
    ...["dense", "dense_1"],
  ]);
  const inner = layers[1]!.model!.layers[4]!;
  assert.deepEqual(inner.group, ["sequential", "conv2d_2"]);
  assert.deepEqual(inner.path, ["base", "block3_conv1"]);
  assert.equal(readModelConfig({ class_name: "Own", config: {} }), undefined);
});

Deno.test("parseJson() refuses what is not JSON, or is nested without end", () => {
  assert.deepEqual(parseJson('{"a": [1]}', "it"), { a: [1] });
  assert.throws(
    () => parseJson("{", "its configuration"),
    /^WeightsError: its configuration is not JSON/,
  );
  const deep = "[".repeat(300) + "]".repeat(300);
  assert.throws(() => parseJson(deep, "its configuration"), /nested too deeply/);
  assert.throws(() => parseJson("[".repeat(1e5), "it"), /not JSON/);
});
