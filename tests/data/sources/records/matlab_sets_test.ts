import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { withFolder } from "../../support.ts";
import { planes } from "./cifar_planes.ts";
import { matlabFile } from "./matlab_files.ts";

const stretch = { mode: "stretch", size: 32 } as const;

/** Rows of images as MATLAB stores them: all first values, all second ones, and so on. */
function byColumns(rows: Uint8Array): Uint8Array {
  const images = rows.length / 3072;
  return rows.map((_, at) => rows[(at % images) * 3072 + Math.floor(at / images)]!);
}

function batch(labels: readonly number[], pixels: Uint8Array, key = "labels"): Uint8Array {
  return matlabFile({
    data: { shape: [labels.length, 3072], bytes: byColumns(pixels) },
    [key]: { shape: [labels.length, 1], bytes: labels },
  });
}

Deno.test("CIFAR-10's files for MATLAB are read", async () => {
  const files = {
    ...Object.fromEntries([1, 2, 3, 4, 5].map((number) => [
      `data_batch_${number}.mat`,
      batch([number, 0], planes([number, 50, 60], [7, 8, 9])),
    ])),
    "test_batch.mat": batch([9], planes([1, 2, 3])),
    "batches.meta.mat": matlabFile({ label_names: [..."abcdefghij"] }),
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes.map(({ name }) => name), [..."abcdefghij"]);
    assert.deepEqual([...dataset.train.labels], [1, 0, 2, 0, 3, 0, 4, 0, 5, 0]);
    assert.deepEqual([...dataset.validation.labels, dataset.test], [9, undefined]);
    const [first, second] = await Promise.all([2, 3].map((i) => dataset.train.image(i, stretch)));
    assert.deepEqual([...first!.data.subarray(0, 3)], [2, 50, 60]);
    assert.deepEqual([...second!.data.subarray(3069)], [7, 8, 9]);
    const split = await loadDataset(folder, { validationFraction: 0.5 });
    assert.deepEqual([...split.test!.labels], [9]);
  });
  await withFolder(
    { ...files, "test_batch.mat": batch([10], planes([1, 2, 3])) },
    async (folder) => {
      await assert.rejects(loadDataset(folder), /test_batch\.mat, record 0.*0 to 9. Received: 10/);
    },
  );
  await withFolder({ ...files, "data_batch_2.mat": matlabFile({ x: ["a"] }) }, async (folder) => {
    await assert.rejects(loadDataset(folder), /data_batch_2\.mat must hold labels, .*Received: x/);
  });
});

Deno.test("CIFAR-100's files for MATLAB are read", async () => {
  const names = Array.from({ length: 100 }, (_, index) => `class ${index}`);
  const files = {
    "cifar-100-matlab/train.mat": batch([5, 5], planes([1, 2, 3], [4, 5, 6]), "fine_labels"),
    "cifar-100-matlab/test.mat": batch([99], planes([1, 2, 3]), "fine_labels"),
    "cifar-100-matlab/meta.mat": matlabFile({ fine_label_names: names, coarse_label_names: ["x"] }),
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual([...dataset.train.labels, ...dataset.validation.labels], [5, 5]);
    assert.deepEqual([...dataset.test!.labels], [99]);
    assert.equal(dataset.classes[99]?.name, "class 99");
  });
});

Deno.test("SVHN's digits are read column by column, and 10 is the digit 0", async () => {
  const image = planes([0, 4, 5]);
  // The top left pixel, the one below it, and the one beside it.
  [image[0], image[1], image[32]] = [1, 2, 3];
  const digits = (labels: readonly number[]): Uint8Array =>
    matlabFile({
      X: { shape: [32, 32, 3, labels.length], bytes: labels.flatMap(() => [...image]) },
      y: { shape: [labels.length, 1], bytes: labels },
    });
  const files = {
    "train_32x32.mat": digits([10, 1, 1]),
    "test_32x32.mat": digits([9]),
    "extra_32x32.mat": "-",
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual([...dataset.train.labels].sort(), [0, 1]);
    assert.deepEqual([...dataset.test!.labels], [9]);
    const { data } = await dataset.test!.image(0, stretch);
    assert.deepEqual([...data.subarray(0, 6)], [1, 4, 5, 3, 4, 5]);
    assert.deepEqual([...data.subarray(96, 99)], [2, 4, 5]);
    assert.deepEqual(dataset.unused?.map(({ reason }) => reason), ["the extra training images"]);
  });
  await withFolder({ ...files, "train_32x32.mat": digits([11]) }, async (folder) => {
    await assert.rejects(loadDataset(folder), /record 0: the label must be 1 to 10. Received: 11/);
  });
});

Deno.test("Oxford's 102 flowers are read with the official splits", async () => {
  const bytes = (...values: number[]) => ({ shape: [1, values.length], bytes: values });
  const images = [1, 2, 3, 4, 5, 6].map((number) => [`jpg/image_0000${number}.jpg`, "-"]);
  const files = {
    ...Object.fromEntries(images),
    "imagelabels.mat": matlabFile({ labels: bytes(10, 2, 10, 2, 10, 2) }),
    "setid.mat": matlabFile({ trnid: bytes(1, 2), valid: bytes(4, 3), tstid: bytes(5) }),
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes.map(({ id }) => id), ["2", "10"]);
    assert.deepEqual([...dataset.train.labels, ...dataset.validation.labels], [0, 1, 0, 1]);
    assert.equal(dataset.validation.path(1), "jpg/image_00003.jpg");
    assert.deepEqual([...dataset.test!.labels], [1]);
    assert.deepEqual(dataset.unused?.map(({ examples }) => examples), [["jpg/image_00006.jpg"]]);
  });
  await withFolder({ ...files, "imagelabels.mat": "PNG" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /imagelabels\.mat cannot be read: it is no MAT file/);
  });
});
