import assert from "node:assert/strict";
import { PickledName, PickledObject, PickledReference } from "../../../lib/files/pickle/pickled.ts";
import { tensorIn } from "../../../lib/weights/torch/torch_pickle.ts";

const storage = new PickledReference(
  ["storage", new PickledName("torch", "FloatStorage"), "0", "cpu", 6],
);
const name = new PickledName("torch._utils", "_rebuild_tensor_v2");
const tuple = Object.freeze;

Deno.test("tensorIn() ignores a state that a pickle gives a tensor after it was made", () => {
  const object = new PickledObject(name, [storage, 0, tuple([2, 3]), tuple([3, 1])]);
  const made = tensorIn(object);
  object.state = new Map<string, unknown>([["shape", [512, 512, 3, 3]], ["offset", 99]]);
  assert.deepEqual(tensorIn(object), made);
  assert.deepEqual([made?.shape, made?.offset], [[2, 3], 0]);
});

Deno.test("tensorIn() refuses shapes and strides in lists, which a pickle could change later", () => {
  for (const [shape, strides] of [[[2, 3], tuple([3, 1])], [tuple([2, 3]), [3, 1]]]) {
    assert.throws(
      () => tensorIn(new PickledObject(name, [storage, 0, shape, strides])),
      /^WeightsError: a tensor is malformed$/,
    );
  }
});
