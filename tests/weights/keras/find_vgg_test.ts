import assert from "node:assert/strict";
import { readModelConfig } from "../../../lib/weights/keras/model/config.ts";
import type { Json } from "../../../lib/weights/keras/model/json.ts";
import { traceModel } from "../../../lib/weights/keras/model/trace.ts";
import { findVGG, type VGGModel } from "../../../lib/weights/keras/model/vgg.ts";
import {
  average,
  called,
  convolution,
  dense,
  functional,
  input,
  layer,
  type LayerJson,
  maxPooling,
  sequential,
  tensor,
  vgg11,
} from "./model_json.ts";

async function vggIn(model: LayerJson): Promise<VGGModel> {
  const json: Json = JSON.parse(JSON.stringify(model));
  const { layers, pixels } = await traceModel(readModelConfig(json)!, () => Promise.resolve([]));
  return findVGG(layers, pixels.size[0] ?? undefined);
}

const net = [...vgg11(), average, dense(3, "softmax")];

/** Heads, whether they are this library's, and their activation. */
const flatten = layer("Flatten", { data_format: "channels_last" });
const dropout = layer("Dropout", { rate: 0.5 });
const relu = layer("Activation", { activation: "relu" });
const heads: readonly [string, number, readonly LayerJson[], readonly string[], string?][] = [
  ["none", 64, [], []],
  ["pooling alone", 64, [average], []],
  ["the small one", 64, [average, dropout, dense(3, "softmax")], [], "softmax"],
  ["logits", 64, [average, dense(3)], [], "linear"],
  ["a softmax of its own", 64, [average, dense(3), layer("Softmax", { axis: -1 })], [], "softmax"],
  ["one output", 64, [average, dense(1, "sigmoid")], [], "sigmoid"],
  ["one logit", 64, [average, dense(1)], [], "linear"],
  [
    "pooling over all of the map",
    64,
    [
      layer("AveragePooling2D", { pool_size: [2, 2] }),
      flatten,
      dense(3),
    ],
    [],
    "linear",
  ],
  [
    "pooling over a part of the map",
    128,
    [
      layer("AveragePooling2D", { pool_size: [2, 2] }),
      flatten,
      dense(3),
    ],
    ["average pooling"],
    "linear",
  ],
  [
    "the paper's",
    64,
    [
      ...[flatten, dense(8, "relu"), dropout, dense(8), relu, dropout, dense(3, "softmax")],
    ],
    [],
    "softmax",
  ],
  [
    "the paper's on pooled maps",
    64,
    [
      ...[average, dense(8, "relu"), dense(8, "relu"), dense(3)],
    ],
    ["global average pooling", "ReLU"],
    "linear",
  ],
  [
    "the paper's on maps of one position",
    32,
    [
      ...[average, dense(8, "relu"), dense(8, "relu"), dense(3)],
    ],
    [],
    "linear",
  ],
  [
    "max pooling of maps",
    64,
    [layer("GlobalMaxPooling2D"), dense(3)],
    ["global max pooling"],
    "linear",
  ],
  [
    "max pooling of maps of one position",
    63,
    [layer("GlobalMaxPooling2D"), dense(3)],
    [],
    "linear",
  ],
  [
    "batch normalization",
    64,
    [
      ...[average, layer("BatchNormalization", { epsilon: 1e-3 }), dense(3)],
    ],
    ["batch normalization"],
    "linear",
  ],
  ["several labels", 64, [average, dense(3, "sigmoid")], ["sigmoid"], "sigmoid"],
  ["one output of softmax", 64, [average, dense(1, "softmax")], ["softmax"], "softmax"],
  ["another activation", 64, [average, dense(3, "tanh")], ["tanh"]],
  ["no ReLU between layers", 64, [flatten, dense(8), dense(8), dense(3)], ["flattening"], "linear"],
  ["a convolution", 64, [
    ...[convolution(3, { kernel_size: [1, 1], activation: "linear" }), average],
  ], ["Conv2D 1×1"]],
  [
    "two layers, which are told by their sizes",
    64,
    [
      ...[flatten, dense(256, "relu"), dropout, dense(10, "softmax")],
    ],
    [],
    "softmax",
  ],
];

for (const [name, side, head, others, activation] of heads) {
  Deno.test(`findVGG() reads the head of a model: ${name}`, async () => {
    const found = await vggIn(sequential([input(side, side, 3), ...vgg11(), ...head]));
    assert.equal(found.convolutions.length, 8);
    assert.deepEqual(found.others, others);
    assert.equal(found.facts.activation, activation);
    assert.equal(found.dense.length, head.filter((one) => one.class_name === "Dense").length);
  });
}

Deno.test("findVGG() reads a head on the last convolution, without the last pooling", async () => {
  const { others } = await vggIn(
    sequential([input(64, 64, 3), ...vgg11().slice(0, -1), average, dense(3)]),
  );
  assert.deepEqual(others, ["no max pooling after the last convolution"]);
});

Deno.test("findVGG() reads nets with channels first, if they flatten with channels last", async () => {
  const first = { data_format: "channels_first" };
  const block = (name: string, filters: number): LayerJson[] => [
    convolution(filters, { name, ...first }),
  ];
  const model = (config: Record<string, unknown>): LayerJson =>
    sequential([
      ...[input(3, 64, 64), ...vgg11(block), layer("Flatten", config)],
      ...[dense(8, "relu"), dense(8, "relu"), dense(3)],
    ]);
  assert.deepEqual((await vggIn(model(first))).others, []);
  assert.deepEqual((await vggIn(model({ data_format: "channels_last" }))).others, [
    "flattening with channels first",
  ]);
});

Deno.test("findVGG() leaves out dropout between convolutions, and says so", async () => {
  const block = (name: string, filters: number): LayerJson[] => [
    convolution(filters, { name }),
    layer("Dropout", { rate: 0.3 }),
  ];
  const { convolutions, facts } = await vggIn(sequential([input(32, 32, 3), ...vgg11(block)]));
  assert.equal(convolutions.length, 8);
  assert.match(facts.notes!.join(), /dropout between convolutions, .* is left out/);
});

/** The same convolutions, written in other ways. */
const blocks: Readonly<Record<string, (name: string, filters: number) => LayerJson[]>> = {
  "padding of its own": (name, filters) => [
    layer("ZeroPadding2D", { padding: [[1, 1], [1, 1]] }),
    convolution(filters, { name, padding: "valid" }),
  ],
  "a layer of ReLU": (name, filters) => [
    convolution(filters, { name, activation: "linear" }),
    layer("ReLU", { max_value: null, negative_slope: 0, threshold: 0 }),
  ],
  "ReLU as an object": (name, filters) => [
    convolution(filters, { name, activation: { class_name: "function", config: "relu" } }),
  ],
  "batch normalization": (name, filters) => [
    convolution(filters, { name, activation: null, use_bias: false }),
    layer("BatchNormalization", { name: `${name}_bn`, epsilon: 1e-5, momentum: 0.9 }),
    layer("Activation", { activation: "relu" }),
  ],
  "TensorFlow's operation": (name, filters) => [
    convolution(filters, { name, activation: "linear" }),
    layer("TFOpLambda", { function: "nn.relu" }),
  ],
};

for (const [name, block] of Object.entries(blocks)) {
  Deno.test(`findVGG() recognizes convolutions with ${name}`, async () => {
    const { convolutions, normalizations, facts } = await vggIn(
      sequential([input(64, 64, 3), ...vgg11(block)]),
    );
    assert.deepEqual(convolutions.map((one) => one.name), [
      ...["block1_conv1", "block2_conv1", "block3_conv1", "block3_conv2"],
      ...["block4_conv1", "block4_conv2", "block5_conv1", "block5_conv2"],
    ]);
    if (normalizations.length === 0) return;
    assert.equal(normalizations.length, 8);
    assert.deepEqual(facts, { batchNormEpsilon: 1e-5, batchNormMomentum: 0.9 });
  });
}

/** A net in which each layer of a name is replaced. */
function replaced(name: string, ...by: LayerJson[]): LayerJson {
  return sequential([
    input(64, 64, 3),
    ...net.flatMap((one) => one.config.name === name ? by : [one]),
  ]);
}

const plain = (config: Record<string, unknown>): LayerJson =>
  convolution(2, { name: "other", ...config });
const normalization = layer("BatchNormalization", { name: "bn", epsilon: 1e-3 });

/** Models that compute something else than a VGG, and what is said of them. */
const refused: readonly [LayerJson, RegExp][] = [
  [replaced("block2_conv1", plain({ strides: [2, 2] })), /other \(Conv2D 3×3, strides 2×2\) comes/],
  [replaced("block2_conv1", plain({ kernel_size: [5, 5] })), /other \(Conv2D 5×5\)/],
  [
    replaced("block2_conv1", plain({ dilation_rate: [2, 2] })),
    /other \(Conv2D 3×3, dilation 2×2\)/,
  ],
  [replaced("block2_conv1", plain({ groups: 2 })), /other \(Conv2D 3×3, groups 2\)/],
  [
    replaced("block2_conv1", plain({ padding: "valid" })),
    /convolution other does not keep the size/,
  ],
  [replaced("block2_conv1", plain({ activation: "linear" })), /convolution other has no ReLU/],
  [replaced("block2_conv1", plain({ activation: "elu" })), /convolution other has no ReLU/],
  [
    replaced("block2_conv1", plain({ activation: "linear" }), layer("ReLU", { max_value: 6 })),
    /convolution other has no ReLU/,
  ],
  [
    replaced("block2_conv1", plain({}), normalization),
    /batch normalization bn follows a ReLU; a VGG's stands before it/,
  ],
  [
    replaced("block2_pool", layer("AveragePooling2D", { name: "mean", pool_size: [2, 2] })),
    /mean \(average pooling\)/,
  ],
  [
    replaced("block2_pool", maxPooling({ name: "pool", pool_size: [3, 3] })),
    /pool \(max pooling 3×3, strides 2×2\)/,
  ],
  [replaced("block2_pool"), /after blocks of 1, 3, 2, 2 convolutions/],
  [
    replaced("block2_conv1", layer("DepthwiseConv2D", { name: "depth" })),
    /depth \(DepthwiseConv2D\)/,
  ],
  [sequential([input(64, 64, 3), dense(3)]), /its layers \(dense_\d+, …\) are of no VGG net/],
  [sequential([input(64, 64, 3)]), /it has no convolutions/],
  [
    sequential([input(64, 64, 3), ...vgg11().slice(0, 4)]),
    /its convolutions end after blocks of 1, 1 convolutions/,
  ],
];

for (const [model, message] of refused) {
  Deno.test(`findVGG() refuses a model in which ${message.source}`, async () => {
    await assert.rejects(vggIn(model), message);
  });
}

Deno.test("findVGG() refuses a model that adds branches of its convolutions", async () => {
  const first = input(64, 64, 3);
  const one = called(convolution(2, { name: "one" }), tensor(first));
  const two = called(convolution(2, { name: "two" }), tensor(one));
  const sum = called(layer("Add", { name: "sum" }), [tensor(one), tensor(two)]);
  await assert.rejects(
    vggIn(functional([first, one, two, sum, ...net])),
    /sum \(Add\) comes after/,
  );
});

Deno.test("findVGG() reads convolutions before a head that branches or has several outputs", async () => {
  const [first, ...body] = [input(64, 64, 3), ...vgg11()];
  const last = body.at(-1)!;
  const pooled = [layer("GlobalAveragePooling2D"), layer("GlobalMaxPooling2D")]
    .map((one) => called(one, tensor(last)));
  const both = called(layer("Concatenate", { axis: -1 }), pooled.map(tensor));
  const model = functional([first!, ...body, ...pooled, both, dense(3)]);
  const found = await vggIn(model);
  assert.equal(found.convolutions.length, 8);
  assert.deepEqual(found.others, ["Concatenate"]);
  const outputs = functional([first!, ...body, ...pooled]);
  outputs.config.output_layers = pooled.map(({ name }) => [name, 0, 0]);
  assert.deepEqual((await vggIn(outputs)).others, ["several outputs"]);
});
