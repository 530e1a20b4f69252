import fc from "fast-check";
import assert from "node:assert/strict";
import type { OpAttribute } from "../../../lib/engine/tensorflow/capi/attributes.ts";
import { TensorFlowError } from "../../../lib/engine/tensorflow/capi/c_api.ts";
import type { Values } from "../../../lib/engine/tensorflow/capi/host_tensors.ts";
import { currentBinding } from "../../../lib/engine/tensorflow/current_backend.ts";
import { countHandles, testWithTensorFlow } from "./support.ts";

// TensorFlow ends the process for many invalid values: these tests pass if the process survives.

const binding = currentBinding;

const awkwardNumber = fc.constantFrom(
  ...[0, 1, 2, 3, -1, -2, 0.5, 1.5, NaN, Infinity, -Infinity, -0],
  ...[2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 2 ** 62, 2 ** 63, 1e300],
);
const side = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: awkwardNumber });
const shapes = fc.oneof(
  fc.array(side, { maxLength: 4 }),
  fc.array(fc.constantFrom(0, 1), { minLength: 250, maxLength: 258 }),
);
const types = fc.oneof(fc.constantFrom(1, 2, 3, 4, 7, 8, 9, 10, 14, 20), awkwardNumber);
const values: fc.Arbitrary<unknown> = fc.nat(16).chain((length) =>
  fc.constantFrom<unknown>(
    new Float32Array(length),
    new Int32Array(length),
    new Uint8Array(length),
    new BigInt64Array(length),
    new Float32Array(new SharedArrayBuffer(4 * length)),
    Array(length).fill("a text that is longer than what fits into a string itself"),
    Array(length).fill(new Uint8Array(30)),
    Array(length).fill(1),
    Array(length).fill(null),
    [new Uint16Array(30), "", "a\0b"],
    null,
    "text",
    {},
  )
);

/** Calls what must either return something or throw a TensorFlowError. */
function attempt<T>(call: () => T, dispose: (result: T) => void): void {
  let result: T;
  try {
    result = call();
  } catch (error) {
    assert.ok(error instanceof TensorFlowError, `${(error as Error).stack}`);
    return;
  }
  dispose(result);
}

testWithTensorFlow("createTensor() refuses invalid shapes, types and values", () => {
  const before = countHandles();
  fc.assert(
    fc.property(shapes, types, values, (shape, type, given) => {
      attempt(() => binding().createTensor(shape, type, given as Values), (id) => {
        const count = shape.reduce((product, side) => product * side, 1);
        // TensorFlow.js has no 64-bit floats.
        if (type !== 2) {
          assert.equal(binding().tensorDataSync(id).length, type === 8 ? 2 * count : count);
        }
        binding().deleteTensor(id);
      });
    }),
    { seed: 1, numRuns: 3000 },
  );
  assert.equal(countHandles(), before);
});

const attributeValue: fc.Arbitrary<unknown> = fc.oneof(
  awkwardNumber,
  types,
  fc.boolean(),
  fc.string(),
  fc.array(fc.oneof(awkwardNumber, types), { maxLength: 5 }),
  fc.array(fc.boolean(), { maxLength: 5 }),
  fc.constantFrom<unknown>(null, undefined, {}, ["SAME"], "VALID", "NHWC"),
);
const call = fc.record({
  op: fc.constantFrom(
    ...["Relu", "AddV2", "ConcatV2", "Identity", "IdentityN", "Cast", "Conv2D", "MaxPool", "Sum"],
    ...["StridedSlice", "ResizeBilinear", "AddN", "Pack", "Split", "OneHot", "Transpose", "NoOp"],
    ...["Placeholder", "VarHandleOp", "ReadVariableOp", "AssignVariableOp", "no op\0", ""],
  ),
  attributes: fc.array(
    fc.record({
      name: fc.constantFrom(
        ...["T", "N", "Tidx", "SrcT", "DstT", "strides", "padding", "ksize", "data_format"],
        ...["keep_dims", "axis", "num_split", "dtype", "shape", "shared_name", "begin_mask", ""],
      ),
      type: fc.nat(10),
      value: attributeValue,
    }),
    { maxLength: 5 },
  ),
  inputs: fc.array(fc.oneof(fc.nat(5), fc.constantFrom(-1, 99, 0.5, NaN)), { maxLength: 5 }),
  outputs: fc.oneof(fc.nat(3), awkwardNumber),
});

testWithTensorFlow("executeOp() refuses invalid attributes, inputs and counts", () => {
  const before = countHandles();
  const made = [
    binding().createTensor([1, 4, 4, 3], 1, new Float32Array(48)),
    binding().createTensor([3, 3, 3, 2], 1, new Float32Array(54)),
    binding().createTensor([2], 3, Int32Array.of(1, 2)),
    binding().createTensor([], 3, Int32Array.of(0)),
    binding().createTensor([2], 7, ["a", "b"]),
    binding().createTensor([4], 10, new Uint8Array(4)),
  ];
  fc.assert(
    fc.property(call, ({ op, attributes, inputs, outputs }) => {
      const ids = inputs.map((input) => made[input] ?? -1);
      attempt(
        () => binding().executeOp(op, attributes as OpAttribute[], ids, outputs),
        (results) => results.forEach(({ id }) => binding().deleteTensor(id)),
      );
    }),
    { seed: 1, numRuns: 5000 },
  );
  for (const id of made) binding().deleteTensor(id);
  assert.equal(countHandles(), before);
});
