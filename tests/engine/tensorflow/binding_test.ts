import assert from "node:assert/strict";
import { TensorFlowError } from "../../../lib/engine/tensorflow/capi/c_api.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { testWithTensorFlow } from "./support.ts";

const binding = currentBinding;
const float32 = { name: "T", type: 4, value: 1 };
const decode = (bytes: unknown): string[] =>
  (bytes as Uint8Array[]).map((text) => new TextDecoder().decode(text));

testWithTensorFlow("executeOp() adds", () => {
  const x = binding().createTensor([2], 1, new Float32Array([1, 2]));
  const [sum] = binding().executeOp("AddV2", [float32], [x, x], 1);
  assert.deepEqual(sum!.shape, [2]);
  assert.deepEqual(binding().tensorDataSync(sum!.id), new Float32Array([2, 4]));
  binding().deleteTensor(sum!.id);
  binding().deleteTensor(x);
});

testWithTensorFlow("executeOp() reads list inputs from the op's definition", () => {
  const tensors = [1, 2, 3].map((value) =>
    binding().createTensor([1], 1, new Float32Array([value]))
  );
  const axis = binding().createTensor([], 3, new Int32Array([0]));
  const attributes = [float32, { name: "N", type: 1, value: 3 }, {
    name: "Tidx",
    type: 4,
    value: 3,
  }];
  const [joined] = binding().executeOp("ConcatV2", attributes, [...tensors, axis], 1);
  assert.deepEqual(binding().tensorDataSync(joined!.id), new Float32Array([1, 2, 3]));
  for (const id of [...tensors, axis, joined!.id]) binding().deleteTensor(id);
});

testWithTensorFlow("executeOp() cuts a float given for an int attribute", () => {
  const shape = binding().createTensor([1], 3, new Int32Array([4]));
  const attributes = [
    { name: "dtype", type: 4, value: 1 },
    { name: "T", type: 4, value: 3 },
    { name: "seed", type: 1, value: 7.9 },
    { name: "seed2", type: 1, value: 0.5 },
  ];
  const [random] = binding().executeOp("RandomUniform", attributes, [shape], 1);
  assert.deepEqual(random!.shape, [4]);
  for (const id of [shape, random!.id]) binding().deleteTensor(id);
});

testWithTensorFlow("executeOp() throws TensorFlow's own words", () => {
  const x = binding().createTensor([2, 3], 1, new Float32Array(6));
  const before = binding().getNumOfTensors();
  const failing: [() => unknown, RegExp][] = [
    [() => binding().executeOp("NoSuchOp", [], [x], 1), /Op type not registered 'NoSuchOp'/],
    [() => binding().executeOp("MatMul", [float32], [x, x], 1), /Matrix size-incompatible/],
    [() => binding().executeOp("AddV2", [float32], [x], 1), /takes 2 inputs\. Received: 1/],
    [() => binding().executeOp("Relu", [float32], [x, x], 1), /takes 1 inputs\. Received: 2/],
    [
      () => binding().executeOp("Relu", [{ name: "U", type: 4, value: 1 }], [x], 1),
      /Relu has no attribute U/,
    ],
    [
      () => binding().executeOp("Relu", [{ name: "T", type: 4, value: "float" }], [x], 1),
      /attribute T takes a number\. Received: "float"/,
    ],
  ];
  for (const [call, message] of failing) {
    assert.throws(call, (error) => error instanceof TensorFlowError && message.test(error.message));
  }
  assert.equal(binding().getNumOfTensors(), before);
  binding().deleteTensor(x);
});

testWithTensorFlow("deleteTensor() makes later uses errors, not crashes", () => {
  const x = binding().createTensor([1], 1, new Float32Array(1));
  binding().deleteTensor(x);
  assert.throws(() => binding().deleteTensor(x), /there is no tensor/);
  assert.throws(() => binding().tensorDataSync(x), /there is no tensor/);
  assert.throws(() => binding().executeOp("Relu", [float32], [x], 1), /there is no tensor/);
});

testWithTensorFlow("createTensor() refuses values that do not fill the shape", () => {
  assert.throws(
    () => binding().createTensor([2, 2], 1, new Float32Array(3)),
    /shape \[2,2\] takes 16 bytes\. Received: 12/,
  );
  assert.throws(() => binding().createTensor([2], 7, ["one"]), /takes 2 strings\. Received: 1/);
});

testWithTensorFlow("createTensor() keeps strings alive for whoever shares them", () => {
  const texts = ["short", "long enough not to fit into the string itself", ""];
  const source = binding().createTensor([3], 7, texts);
  const shape = binding().createTensor([2], 3, new Int32Array([3, 1]));
  const attributes = [
    { name: "T", type: 4, value: 7 },
    { name: "Tshape", type: 4, value: 3 },
  ];
  const [reshaped] = binding().executeOp("Reshape", attributes, [source, shape], 1);
  binding().deleteTensor(source);
  assert.deepEqual(decode(binding().tensorDataSync(reshaped!.id)), texts);
  for (const id of [shape, reshaped!.id]) binding().deleteTensor(id);
});

testWithTensorFlow("createTensor() frees long strings", () => {
  const megabyte = "x".repeat(2 ** 20);
  const before = Deno.memoryUsage().rss;
  for (let round = 0; round < 300; round++) {
    binding().deleteTensor(binding().createTensor([1], 7, [megabyte]));
  }
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(grown < 150, `${grown.toFixed(0)} MB grown over 300 strings of 1 MB`);
});
