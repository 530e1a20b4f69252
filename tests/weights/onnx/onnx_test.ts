import { join } from "@std/path";
import assert from "node:assert/strict";
import { tf } from "../../../lib/engine/tf.ts";
import { openNet } from "../../../lib/runs/open_net.ts";
import { describeWeights } from "../../../lib/weights/describe.ts";
import { onnxModel } from "../../../lib/weights/onnx/onnx_schema.ts";
import { openWeights, type StoredWeights } from "../../../lib/weights/open_weights.ts";
import { assertClose } from "../../assert_close.ts";
import { inFolder } from "../../in_folder.ts";
import { formulaImages } from "../../peers/formula.ts";
import {
  type FormulaNet,
  formulaNet,
  integers,
  node,
  number,
  onnxBytes,
  rawFloats,
  type Style,
} from "./write_graph.ts";

await tf.setBackend("cpu");

const flat = formulaNet({ configuration: "C", inputSize: 64, width: 1 / 64, classes: 3 });
const pooled = formulaNet({
  configuration: "A",
  inputSize: 32,
  width: 1 / 32,
  classes: 3,
  head: "small",
  batchNorm: true,
  convBias: false,
});

/** Writes a net in a style and gives what the library's net of the file gives for the formula's images. */
async function logitsOf(net: FormulaNet, style: Style): Promise<Float32Array> {
  let logits: Float32Array = new Float32Array();
  await inFolder(async (folder) => {
    const path = join(folder, "net.onnx");
    await Deno.writeFile(path, onnxBytes(net, style));
    const { model } = await openNet(path, { activation: "linear", preprocessing: "rescale" });
    const images = formulaImages(2, net.network.inputSize, 3);
    logits = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync<"float32">());
    tf.dispose(images);
    model.dispose();
  });
  return logits;
}

/** Opens a net that is written in a style. */
function opened(
  net: FormulaNet,
  style: Style,
  work: (weights: StoredWeights) => void,
): Promise<void> {
  return inFolder(async (folder) => {
    const path = join(folder, "net.onnx");
    await Deno.writeFile(path, onnxBytes(net, style));
    using weights = await openWeights(path);
    work(weights);
  });
}

const half = (values: Float32Array): Uint16Array =>
  new Uint16Array(Float16Array.from(values).buffer);
const upperHalf = (values: Float32Array): Uint16Array =>
  new Uint16Array(Float32Array.from(values).buffer).filter((_, index) => index % 2 === 1);
const bytes = ({ buffer }: { buffer: ArrayBufferLike }): Uint8Array => new Uint8Array(buffer);

const reshape = [integers("minus one", [-1]), integers("zero", [0])];
const styles: Readonly<Record<string, [Style, number]>> = {
  "PyTorch's": [{}, 1e-6],
  "PyTorch's with a computed shape": [{ reshape: true, more: reshape }, 1e-6],
  "tf2onnx's": [{ channelsLast: true, dense: "matmul", reshape: true, more: reshape }, 1e-6],
  "TensorFlow's with transposed kernels": [
    { channelsLast: true, dense: "gemm-plain", transposedKernels: true },
    1e-6,
  ],
  "channels first with a plain Gemm": [{ dense: "gemm-plain" }, 1e-6],
  "channels first with MatMul": [{ dense: "matmul" }, 1e-6],
  "constant nodes": [{ constants: true }, 1e-6],
  "batch normalization as factors": [{ normalization: "factors" }, 1e-5],
  "float_data": [
    { store: (name, dims, values) => ({ name, dims, data_type: 1, float_data: [...values] }) },
    1e-6,
  ],
  "64-bit floats": [{
    store: (name, dims, values) => ({
      name,
      dims,
      data_type: 11,
      raw_data: bytes(Float64Array.from(values)),
    }),
  }, 1e-6],
  "double_data": [
    { store: (name, dims, values) => ({ name, dims, data_type: 11, double_data: [...values] }) },
    1e-6,
  ],
  "16-bit floats": [
    {
      store: (name, dims, values) => ({ name, dims, data_type: 10, raw_data: bytes(half(values)) }),
    },
    5e-3,
  ],
  "16-bit floats in int32_data": [
    {
      store: (name, dims, values) => ({ name, dims, data_type: 10, int32_data: [...half(values)] }),
    },
    5e-3,
  ],
  "bfloat16": [{
    store: (name, dims, values) => ({
      name,
      dims,
      data_type: 16,
      raw_data: bytes(upperHalf(values)),
    }),
  }, 5e-2],
};

for (const [name, [style, tolerance]] of Object.entries(styles)) {
  for (const net of [flat, pooled]) {
    Deno.test(`openNet() computes the logits of ${net.network.configuration} from ONNX: ${name}`, async () => {
      const before = tf.memory().numTensors;
      assertClose(await logitsOf(net, style), net.logits, tolerance);
      assert.equal(tf.memory().numTensors, before);
    });
  }
}

Deno.test("openWeights() reads the size of the input, the epsilon and the activation of an ONNX graph", async () => {
  const softmax = [node("Softmax", ["logits"], "probabilities", [number("axis", 1)])];
  await opened(pooled, { after: softmax }, ({ facts }) => {
    assert.equal(facts.inputSize, 32);
    assert.ok(Math.abs(facts.batchNormEpsilon! - 1e-3) < 1e-9);
    assert.equal(facts.activation, "softmax");
  });
  await opened(pooled, { inputShape: [0, 3, 0, 0] }, ({ facts }) => {
    assert.equal(facts.inputSize, undefined);
  });
});

const constant = (
  name: string,
  values: number[],
  dims = [values.length],
): ReturnType<typeof rawFloats> => rawFloats(name, dims, Float32Array.from(values));

const preprocessings: Readonly<Record<string, [Style, object]>> = {
  "Keras's Rescaling": [{
    channelsLast: true,
    before: [
      node("Mul", ["images", "scale"], "scaled"),
      node("Add", ["scaled", "offset"], "pixels"),
    ],
    more: [constant("scale", [1 / 127.5], []), constant("offset", [-1], [])],
  }, {
    normalization: {
      kind: "standardize",
      mean: [127.5, 127.5, 127.5],
      deviation: [127.5, 127.5, 127.5],
    },
    channelOrder: "RGB",
  }],
  "1/255": [{
    before: [node("Div", ["images", "255"], "pixels")],
    more: [constant("255", [255], [])],
  }, {
    normalization: { kind: "rescale", mean: [0, 0, 0], deviation: [255, 255, 255] },
    channelOrder: "RGB",
  }],
  "torchvision's, of pixels from 0 to 1": [{
    before: [
      node("Sub", ["images", "mean"], "centered"),
      node("Div", ["centered", "deviation"], "pixels"),
    ],
    more: [
      constant("mean", [0.485, 0.456, 0.406], [1, 3, 1, 1]),
      constant("deviation", [0.229, 0.224, 0.225], [3, 1, 1]),
    ],
  }, {
    normalization: {
      kind: "standardize",
      mean: [123.675, 116.28, 103.53],
      deviation: [58.395, 57.12, 57.375],
    },
    channelOrder: "RGB",
  }],
  "Caffe's, as tf2onnx writes it": [{
    channelsLast: true,
    before: [
      ...[0, 1, 2].map((channel) =>
        node("Slice", ["images", `${channel}`, `${channel + 1}`, "3"], `channel ${channel}`)
      ),
      node("Concat", ["channel 2", "channel 1", "channel 0"], "bgr", [number("axis", 3)]),
      node("Add", ["bgr", "mean"], "pixels"),
    ],
    more: [
      ...[0, 1, 2, 3].map((value) => integers(`${value}`, [value])),
      constant("mean", [-103.939, -116.779, -123.68]),
    ],
  }, {
    normalization: {
      kind: "subtract-mean",
      mean: [123.68, 116.779, 103.939],
      deviation: [1, 1, 1],
    },
    channelOrder: "BGR",
  }],
  "reversed by a slice with a negative step": [{
    before: [
      node("Slice", ["images", "start", "end", "axis", "step"], "bgr"),
      node("Sub", ["bgr", "mean"], "pixels"),
    ],
    more: [
      ...Object.entries({ start: -1, end: -(2 ** 31), axis: 1, step: -1 }).map(([name, value]) =>
        integers(name, [value])
      ),
      constant("mean", [103.939, 116.779, 123.68], [1, 3, 1, 1]),
    ],
  }, {
    normalization: {
      kind: "subtract-mean",
      mean: [123.68, 116.779, 103.939],
      deviation: [1, 1, 1],
    },
    channelOrder: "BGR",
  }],
  "reversed by their indices": [{
    before: [
      node("Gather", ["images", "order"], "bgr", [number("axis", 1)]),
      node("Sub", ["bgr", "mean"], "pixels"),
    ],
    more: [integers("order", [2, 1, 0]), constant("mean", [100], [])],
  }, {
    normalization: { kind: "subtract-mean", mean: [100, 100, 100], deviation: [1, 1, 1] },
    channelOrder: "BGR",
  }],
};

for (const [name, [style, expected]] of Object.entries(preprocessings)) {
  Deno.test(`openWeights() reads the preprocessing in an ONNX graph: ${name}`, () =>
    opened(pooled, style, ({ facts }) => {
      assert.deepEqual(facts.preprocessing, expected);
      const assumed = name.startsWith("torchvision");
      assert.equal((facts.notes ?? []).some((note) => note.includes("from 0 to 1")), assumed);
    }));
}

Deno.test("openWeights() leaves out another head in an ONNX graph, and what is behind the classes", async () => {
  const tanh = [node("Tanh", ["logits"], "bounded"), node("Softmax", ["bounded"], "probabilities")];
  await opened(pooled, { after: tanh }, (weights) => {
    assert.match(weights.otherHead!, /^fully connected 16 → 3, Tanh$/);
    assert.equal(weights.arrays.has("predictions/kernel"), false);
    assert.throws(() => describeWeights(weights), /a classifier \(fully connected 16 → 3, Tanh\)/);
  });
  const argMax = [
    node("Softmax", ["logits"], "probabilities"),
    node("ArgMax", ["probabilities"], "class"),
  ];
  await opened(pooled, { after: argMax }, ({ facts, otherHead }) => {
    assert.equal(otherHead, undefined);
    assert.deepEqual(facts.notes, ["its ArgMax behind the classes is left out"]);
  });
});

Deno.test("openWeights() takes one sigmoid output of an ONNX graph for two classes", async () => {
  const one = formulaNet({ ...pooled.network, classes: 1 });
  const after = [node("Sigmoid", ["logits"], "probability")];
  await opened(one, { after }, ({ arrays, facts }) => {
    assert.equal(facts.activation, "sigmoid");
    assert.deepEqual(arrays.get("predictions/kernel")?.shape, [16, 2]);
  });
});

function refusal(style: Style, message: RegExp): Promise<void> {
  return assert.rejects(opened(pooled, style, () => {}), message);
}

Deno.test("openWeights() refuses ONNX graphs of other nets in one line", async () => {
  const fork = [
    node("Sigmoid", ["block1_conv1_bn"], "gate"),
    node("Mul", ["gate", "block1_conv1_bn"], "gated"),
  ];
  await refusal(
    { before: [node("Tanh", ["images"], "pixels")] },
    /node pixels \(Tanh\) is of no VGG/,
  );
  await refusal({ after: fork }, /net\.onnx .*is of no VGG net/);
  await refusal(
    { before: [node("Add", ["images", "images"], "pixels")] },
    /\(Add\) is of no VGG net: the net has branches/,
  );
  await refusal(
    {
      before: [node("DequantizeLinear", ["images", "scale"], "pixels")],
      more: [constant("scale", [1], [])],
    },
    /its weights are quantized \(DequantizeLinear\); export the net with its float weights instead/,
  );
  await refusal({ inputShape: [0, 3, 32, 64] }, /its images must be square\. Received: 32×64/);
  await refusal(
    { store: (name, dims) => ({ name, dims, data_type: 3, raw_data: new Uint8Array(1) }) },
    /the weights block1_conv1\/kernel of .* are missing/,
  );
});

Deno.test("openWeights() pads a convolution by the node before it", async () => {
  const images = { before: [node("Pad", ["images", "pads"], "pixels")] };
  await refusal(
    { ...images, more: [integers("pads", [0, 0, 1, 1, 0, 0, 1, 1])] },
    /its padding is 2/,
  );
  await refusal(
    { ...images, more: [integers("pads", [0, 0, 1, 1, 0, 0, 0, 0])] },
    /it is no padding of zeros/,
  );
});

Deno.test("openWeights() refuses an ONNX file whose nodes lead back to each other", async () => {
  const bytes = onnxModel.encode({
    ir_version: 8,
    graph: {
      node: [
        node("Add", [], "pixels"),
        // The output without a name is what the sum without inputs seems to read.
        { ...node("Conv", ["pixels", "kernel"], "maps"), output: ["maps", ""] },
      ],
      initializer: [rawFloats("kernel", [1, 3, 3, 3], new Float32Array(27))],
      input: [{ name: "images" }],
    },
  }).finish();
  await inFolder(async (folder) => {
    const path = join(folder, "net.onnx");
    await Deno.writeFile(path, bytes);
    await assert.rejects(() => openWeights(path), { name: "WeightsError" });
  });
});
