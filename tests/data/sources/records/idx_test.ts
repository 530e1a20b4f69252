import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { withFolder } from "../../support.ts";

/** An IDX array as MNIST's page describes it: the numbers are big endian. */
function idx(sides: readonly number[], values: readonly number[]): Uint8Array {
  const header = sides.flatMap((side) => [0, 0, side >> 8, side & 255]);
  return Uint8Array.of(0, 0, 8, sides.length, ...header, ...values);
}

const pixels = (...grays: readonly number[]): number[] =>
  grays.flatMap((gray) => Array(784).fill(gray));

const files = {
  "train-images-idx3-ubyte": idx([4, 28, 28], pixels(1, 2, 3, 4)),
  "train-labels-idx1-ubyte": idx([4], [7, 7, 0, 0]),
  "t10k-images-idx3-ubyte": idx([1, 28, 28], pixels(200)),
  "t10k-labels-idx1-ubyte": idx([1], [9]),
};

Deno.test("MNIST's files are read, packed or not, in torchvision's folder too", async () => {
  const forms = [
    files,
    Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]),
    ),
    Object.fromEntries(
      Object.entries(files).map(([name, bytes]) => [
        `FashionMNIST/raw/${name.replace("-idx", ".idx")}`,
        bytes,
      ]),
    ),
  ];
  for (const form of forms) {
    await withFolder(form, async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual(dataset.classes.map(({ name }) => name), [..."0123456789"]);
      assert.deepEqual([...dataset.train.labels].sort(), [0, 7]);
      assert.deepEqual([...dataset.validation.labels].sort(), [0, 7]);
      assert.deepEqual([...dataset.test!.labels], [9]);
      assert.equal(dataset.imageSize, 28);
      const { data } = await dataset.test!.image(0, { mode: "stretch", size: 28 });
      assert.deepEqual([data.length, ...data.subarray(0, 3)], [28 * 28 * 3, 200, 200, 200]);
      assert.deepEqual(dataset.unused, []);
    });
  }
});

Deno.test("MNIST's files that do not fit are named", async () => {
  const cases: [Record<string, Uint8Array>, RegExp][] = [
    [{ "t10k-labels-idx1-ubyte": idx([2], [1, 2]) }, /t10k-images.*each of the 2 labels/],
    [{ "t10k-labels-idx1-ubyte": idx([1], [10]) }, /record 0.*0 to 9. Received: 10/],
    [{ "train-images-idx3-ubyte": idx([4, 28, 28], []) }, /0 bytes for 4 × 28 × 28/],
    [{ "train-images-idx3-ubyte": Uint8Array.of(1) }, /Received: another file/],
    [{ "train-images-idx3-ubyte": Uint8Array.of(0x1f, 0x8b, 1) }, /cannot be unpacked/],
  ];
  for (const [change, message] of cases) {
    await withFolder({ ...files, ...change }, async (folder) => {
      await assert.rejects(loadDataset(folder), { name: "DataError", message });
    });
  }
});
