import assert from "node:assert/strict";
import { compile } from "../../../lib/engine/compile.ts";
import type { OpAttribute } from "../../../lib/engine/tensorflow/capi/attributes.ts";
import { TensorFlowError } from "../../../lib/engine/tensorflow/capi/c_api.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { tf } from "../../../lib/engine/tf.ts";
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

testWithTensorFlow("executeOp() truncates a float for an int attribute", () => {
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

testWithTensorFlow("executeOp() throws errors that name the op and the fault", () => {
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

testWithTensorFlow(
  "executeOp() refuses an empty list of inputs, with which TensorFlow would end the process",
  () => {
    const axis = binding().createTensor([], 3, new Int32Array(1));
    const before = binding().getNumOfTensors();
    const count = (value: number): OpAttribute => ({ name: "N", type: 1, value });
    for (const attributes of [[float32, count(0)], [float32, count(-1)], [float32], []]) {
      for (
        const [op, argument] of [["Pack", "values"], ["AddN", "inputs"], ["ConcatV2", "values"]]
      ) {
        const operands = op === "ConcatV2" ? [axis] : [];
        assert.throws(() => binding().executeOp(op!, attributes, operands, 1), {
          name: "TensorFlowError",
          message: `${op} takes at least one tensor as ${argument}. Received: none`,
        });
      }
    }
    assert.equal(binding().getNumOfTensors(), before);
    // A list whose type does not depend on its items may be empty.
    const [text] = binding().executeOp("StringJoin", [count(0)], [], 1);
    assert.deepEqual(decode(binding().tensorDataSync(text!.id)), [""]);
    for (const id of [axis, text!.id]) binding().deleteTensor(id);
  },
);

testWithTensorFlow("runFunction() frees its op if TensorFlow refuses an input", () => {
  const { api } = binding().context;
  const call: { -readonly [Name in keyof typeof api.call]: (typeof api.call)[Name] } = api.call;
  const double = compile((x: tf.Tensor) => x.mul(2));
  const x = tf.tensor1d([1, 2]);
  tf.dispose(double(x));
  const { TFE_NewOp: newOp, TFE_DeleteOp: deleteOp, TFE_OpAddInput: addInput } = call;
  let open = 0;
  call.TFE_NewOp = (...args) => {
    open++;
    return newOp(...args);
  };
  call.TFE_DeleteOp = (...args) => {
    open--;
    return deleteOp(...args);
  };
  call.TFE_OpAddInput = (_op, _input, status) =>
    api.call.TF_SetStatus(status, 3, new TextEncoder().encode("refused by the test\0"));
  try {
    assert.throws(() => double(x), /an input: refused by the test/);
  } finally {
    Object.assign(call, { TFE_NewOp: newOp, TFE_DeleteOp: deleteOp, TFE_OpAddInput: addInput });
  }
  assert.equal(open, 0);
  const result = double(x);
  assert.deepEqual(Array.from(result.dataSync()), [2, 4]);
  tf.dispose([x, result]);
  double.dispose();
});

testWithTensorFlow("using a tensor after deleteTensor() throws and does not crash", () => {
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

testWithTensorFlow("createTensor() keeps strings alive for tensors that share them", () => {
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
  for (let count = 0; count < 300; count++) {
    binding().deleteTensor(binding().createTensor([1], 7, [megabyte]));
  }
  const growth = (Deno.memoryUsage().rss - before) / 2 ** 20;
  assert.ok(growth < 150, `memory grew by ${growth.toFixed(0)} MB over 300 strings of 1 MB`);
});
