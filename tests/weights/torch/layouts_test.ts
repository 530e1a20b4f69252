import { join } from "@std/path";
import assert from "node:assert/strict";
import { openTorch } from "../../../lib/weights/torch/torch_file.ts";
import { inFolder } from "../../in_folder.ts";
import { product, Tensor, writeTorch } from "./write_torch.ts";

/** The values of the one tensor of a file, whole and by rows. */
function valuesOf(tensor: Tensor): Promise<{ whole: number[]; rows: number[][] }> {
  let read = { whole: [] as number[], rows: [] as number[][] };
  return inFolder(async (folder) => {
    const path = join(folder, "one.pth");
    await writeTorch(path, new Map([["one", tensor]]));
    using weights = await openTorch(path);
    const array = weights.arrays.get("one")!;
    assert.deepEqual(array.shape, tensor.shape);
    const rows = [];
    for (let row = 0; row < array.shape[0]!; row++) rows.push([...await array.rows(row, row + 1)]);
    read = { whole: [...await array.read()], rows };
  }).then(() => read);
}

const floats = (values: readonly number[]): Uint8Array =>
  new Uint8Array(Float32Array.from(values).buffer);
const twelve = floats(Array.from({ length: 12 }, (_, index) => index));

// As PyTorch's torch.arange(12.0).reshape(3, 4) and its views give them.
const views: readonly (readonly [string, Tensor, number[]])[] = [
  ["transposed", new Tensor([4, 3], twelve, { strides: [1, 4] }), [
    ...[0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11],
  ]],
  ["sliced [1:, 1:3]", new Tensor([2, 2], twelve, { strides: [4, 1], offset: 5 }), [5, 6, 9, 10]],
  ["sliced [:, ::2]", new Tensor([3, 2], twelve, { strides: [4, 2] }), [0, 2, 4, 6, 8, 10]],
  ["expanded", new Tensor([3, 2], twelve, { strides: [1, 0] }), [0, 0, 1, 1, 2, 2]],
  ["channels last", new Tensor([1, 2, 2, 3], twelve, { strides: [12, 1, 6, 2] }), [
    ...[0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11],
  ]],
  ["one column", new Tensor([3, 1], twelve, { strides: [4, 7] }), [0, 4, 8]],
];

for (const [name, tensor, expected] of views) {
  Deno.test(`openTorch() reads a tensor that is ${name}`, async () => {
    const { whole, rows } = await valuesOf(tensor);
    assert.deepEqual(whole, expected);
    assert.deepEqual(rows.flat(), expected);
    assert.equal(rows[0]!.length, product(tensor.shape.slice(1)));
  });
}

Deno.test("openTorch() reads bfloat16, float16 and float64", async () => {
  const numbers = [1, -2, 0.5, 65280];
  const doubles = new Uint8Array(Float64Array.from(numbers).buffer);
  const halves = new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x3800, 0x7bf8).buffer);
  const brains = new Uint8Array(Uint16Array.of(0x3f80, 0xc000, 0x3f00, 0x477f).buffer);
  const stored = { DoubleStorage: doubles, HalfStorage: halves, BFloat16Storage: brains };
  for (const [type, bytes] of Object.entries(stored)) {
    const { whole } = await valuesOf(new Tensor([2, 2], bytes, { type }));
    assert.deepEqual(whole, numbers, type);
  }
});

Deno.test("openTorch() rejects tensors that exceed their storage or memory", async () => {
  const wrong: readonly (readonly [Tensor, RegExp])[] = [
    [new Tensor([3, 5], twelve, { strides: [4, 1] }), /exceeds its storage/],
    [new Tensor([3, 4], twelve, { offset: 1 }), /exceeds its storage/],
    [new Tensor([2 ** 30, 2 ** 30], twelve, { strides: [0, 0] }), /more numbers than its storage/],
    [new Tensor([3, 4], twelve, { strides: [4, 1, 1] }), /malformed/],
  ];
  for (const [tensor, message] of wrong) await assert.rejects(valuesOf(tensor), message);
});
