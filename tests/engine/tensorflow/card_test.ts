import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import { computeCapabilities } from "../../../lib/engine/hardware.ts";
import { resolvePrecision } from "../../../lib/engine/precision.ts";
import { readCString } from "../../../lib/engine/tensorflow/capi/c_api.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { findLibrary } from "../../../lib/engine/tensorflow/library/find_library.ts";
import { tensorId } from "../../../lib/engine/tensorflow/tfjs_node_internals.ts";
import { tf } from "../../../lib/engine/tf.ts";
import type { VGGOptions } from "../../../lib/vgg/options.ts";
import { assertClose } from "../../assert_close.ts";
import { gradientsOn } from "../net_gradients.ts";
import { assertNear, ramp } from "../wasm/support.ts";
import { testOnCard } from "./support.ts";

/** The name of the device that holds a tensor. */
async function deviceOf(tensor: tf.Tensor): Promise<string> {
  const library = await findLibrary();
  const symbols = {
    TF_NewStatus: { parameters: [], result: "pointer" },
    TF_DeleteStatus: { parameters: ["pointer"], result: "void" },
    TFE_TensorHandleBackingDeviceName: { parameters: ["pointer", "pointer"], result: "pointer" },
  } as const;
  const opened = Deno.dlopen(library!.path, symbols);
  const { tensors } = currentBinding();
  const call = opened.symbols;
  const status = call.TF_NewStatus();
  const name = call.TFE_TensorHandleBackingDeviceName(tensors.get(tensorId(tensor)), status);
  const text = readCString(name);
  call.TF_DeleteStatus(status);
  opened.close();
  return text;
}

const product = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.matMul(a, b);

testOnCard("operations and compiled functions run on the GPU", async () => {
  const [a, b] = [ramp([64, 32]), ramp([32, 16])];
  const compiled = compile(product);
  for (const result of [product(a, b), compiled(a, b)]) {
    assert.match(await deviceOf(result), /GPU:0$/);
    result.dispose();
  }
  tf.dispose([a, b]);
  compiled.dispose();
});

/** Without dropout, whose random numbers differ from those of plain JavaScript. */
const networks: Readonly<Record<string, VGGOptions>> = {
  "batch normalization": { configuration: "A", batchNorm: true, dropout: 0 },
  "local response normalization": { configuration: "A-LRN", dropout: 0 },
};
for (const [name, options] of Object.entries(networks)) {
  testOnCard(`a step on the GPU has the gradients of plain JavaScript: ${name}`, async () => {
    const plain = await gradientsOn("cpu", options);
    const ours = await gradientsOn("tensorflow", options);
    for (const [weight, values] of plain) assertNear(ours.get(weight)!, values, 1e-3, weight);
  });
}

testOnCard("auto is bfloat16 on a GPU that computes in it, and rounds accordingly", (engine) => {
  const native = computeCapabilities().every((capability) => capability >= 8);
  assert.equal(resolvePrecision("auto", engine).precision, native ? "bfloat16" : "float32");
  const [a, b] = [ramp([64, 32]), ramp([32, 16])];
  const compiled = compile(product, { precision: "bfloat16" });
  const [exact, rounded] = [product(a, b), compiled(a, b)];
  assert.equal(rounded.dtype, "float32");
  // 32 products of values up to 1, each rounded to 8 bits.
  assertClose(rounded, exact, 32 * 2 ** -8);
  assert.notDeepEqual(rounded.dataSync(), exact.dataSync());
  tf.dispose([a, b, exact, rounded]);
  compiled.dispose();
});

testOnCard("the event loop stays responsive while a GPU computes what data() reads", async () => {
  const matrix = tf.fill([4096, 4096], 1 / 4096);
  const result = tf.tidy(() => {
    let power = matrix;
    for (let times = 0; times < 100; times++) power = tf.matMul(power, matrix);
    return power.mean();
  });
  let turns = 0;
  const timer = setInterval(() => turns += 1, 1);
  const reading = result.data<"float32">();
  result.dispose(); // The values are still read.
  assertClose(await reading, [1 / 4096], 1e-6);
  clearInterval(timer);
  assert.ok(turns > 0, "the event loop was blocked");
  matrix.dispose();
});

testOnCard("operations without a GPU kernel are computed too", () => {
  const [integers, images] = [tf.tensor1d([3, 9, 4], "int32"), ramp([1, 4, 4, 2]) as tf.Tensor4D];
  const compute = (ints: tf.Tensor, images: tf.Tensor): tf.Tensor[] => [
    ints.mul(tf.scalar(2, "int32")).sub(tf.scalar(1, "int32")),
    ints.argMax(),
    tf.oneHot(ints as tf.Tensor1D, 10).sum(0),
    tf.image.transform(images as tf.Tensor4D, tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]])),
  ];
  const compiled = compile(compute);
  for (const results of [tf.tidy(() => compute(integers, images)), compiled(integers, images)]) {
    const [doubled, place, counts, moved] = results;
    assertClose(doubled, [5, 17, 7], 0);
    assertClose(place, [1], 0);
    assertClose(counts, [0, 0, 0, 1, 1, 0, 0, 0, 0, 1], 0);
    assertClose(moved, images, 1e-6);
    tf.dispose(results);
  }
  const words = tf.tensor1d(["a", "a word longer than twenty-two bytes"]);
  assert.deepEqual(words.dataSync<"string">(), ["a", "a word longer than twenty-two bytes"]);
  tf.dispose([integers, images, words]);
  compiled.dispose();
});
