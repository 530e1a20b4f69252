import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { countClasses, withFolder } from "../../support.ts";
import { planes } from "./cifar_planes.ts";
import { batchPickle, metaPickle } from "./pickles.ts";

const stretch = { mode: "stretch", size: 32 } as const;
const names10 = ["airplane", "automobile", "bird", "cat", "deer"].concat(
  ["dog", "frog", "horse", "ship", "truck"],
);

type Content = Record<string, string | Uint8Array>;

function cifar10(change: Content = {}): Content {
  const batches = [1, 2, 3, 4, 5].map((number) =>
    [`data_batch_${number}`, batchPickle([number, 9], planes([number, 0, 9], [0, 0, 0]))] as const
  );
  return {
    ...Object.fromEntries(batches),
    test_batch: batchPickle([3], planes([1, 2, 3])),
    "batches.meta": metaPickle("label_names", names10),
    "readme.html": "-",
    ...change,
  };
}

function within(folder: string, files: Content): Content {
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]),
  );
}

Deno.test("CIFAR-10's pickles are read, from their folder or the one above", async () => {
  await withFolder(within("cifar-10-batches-py", cifar10()), async (folder) => {
    for (const path of [folder, `${folder}/cifar-10-batches-py`]) {
      const dataset = await loadDataset(path);
      assert.equal(dataset.name, "cifar10");
      assert.deepEqual(dataset.classes.map(({ name }) => name), names10);
      assert.deepEqual([...dataset.train.labels], [1, 9, 2, 9, 3, 9, 4, 9, 5, 9]);
      assert.deepEqual([...dataset.validation.labels], [3]);
      assert.equal(dataset.test, undefined);
      assert.equal(dataset.train.path(2), "data_batch_2#0");
      assert.deepEqual(dataset.unused, [
        { reason: "files that are no pictures", count: 1, examples: ["readme.html"] },
      ]);
      const { data } = await dataset.validation.image(0, stretch);
      assert.deepEqual([...data.subarray(0, 6)], [1, 2, 3, 1, 2, 3]);
    }
  });
});

Deno.test("CIFAR-10's test images are the test split where a fraction validates", async () => {
  await withFolder(cifar10(), async (folder) => {
    const byDefault = await loadDataset(folder);
    assert.match(byDefault.warnings.join(), /^CIFAR-10's test images serve as validation; /);
    const dataset = await loadDataset(folder, { validationFraction: 0.2, seed: 3 });
    assert.deepEqual(countClasses(dataset, dataset.validation), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual(countClasses(dataset, dataset.train), [0, 1, 1, 1, 1, 1, 0, 0, 0, 4]);
    assert.deepEqual([...dataset.test!.labels], [3]);
    assert.deepEqual(dataset.warnings, []);
  });
});

Deno.test("CIFAR-10's pickles name the file that is wrong", async () => {
  const cases: [Content, RegExp][] = [
    [{ data_batch_3: batchPickle([1], planes([0, 0, 0], [0, 0, 0])) }, /data_batch_3/],
    [{ data_batch_4: batchPickle([10], planes([0, 0, 0])) }, /data_batch_4, record 0.*0 to 9.*10$/],
    [{ test_batch: "" }, /test_batch cannot be read: its pickle is damaged/],
    [{ "batches.meta": metaPickle("label_names", ["a"]) }, /names of 10 classes. Received: 1/],
    [{ test_batch: metaPickle("labels", ["a"]) }, /test_batch must hold labels, a list of whole/],
  ];
  for (const [change, message] of cases) {
    await withFolder(cifar10(change), async (folder) => {
      await assert.rejects(loadDataset(folder), { name: "DataError", message });
    });
  }
  const { data_batch_2: _, ...partial } = cifar10();
  await withFolder(partial, async (folder) => {
    await assert.rejects(
      loadDataset(folder),
      /nearest is CIFAR-10, Python, of which data_batch_2 is/,
    );
  });
});

const names100 = Array.from({ length: 100 }, (_, index) => `class ${index}`);

function cifar100Record(coarse: number, fine: number, red: number): Uint8Array {
  return Uint8Array.of(coarse, fine, ...planes([red, 0, 9]));
}

Deno.test("CIFAR-100's fine labels are read from its binary files", async () => {
  const train = Array.from({ length: 20 }, (_, index) => [...cifar100Record(19, index % 2, index)]);
  const files = within("cifar-100-binary", {
    "train.bin": Uint8Array.from(train.flat()),
    "test.bin": cifar100Record(3, 99, 7),
    "fine_label_names.txt": `${names100.join("\n")}\n`,
    "coarse_label_names.txt": "fish\n",
  });
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.equal(dataset.classes.length, 100);
    assert.equal(dataset.classes[99]?.name, "class 99");
    assert.deepEqual(countClasses(dataset, dataset.train).slice(0, 3), [9, 9, 0]);
    assert.deepEqual(countClasses(dataset, dataset.validation).slice(0, 3), [1, 1, 0]);
    assert.deepEqual([...dataset.test!.labels], [99]);
    const { data } = await dataset.test!.image(0, stretch);
    assert.deepEqual([...data.subarray(0, 3)], [7, 0, 9]);
    assert.deepEqual(dataset.warnings, [
      "No validation images of its own: 10 % of the training images are held out by seed 1 and validate",
    ]);
    assert.match(dataset.unused!.map(({ reason }) => reason).join(), /^names of the coarse labels/);
  });
  await withFolder({ ...files, "cifar-100-binary/test.bin": "cut" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /test\.bin must hold whole records of 3074 bytes/);
  });
});

Deno.test("CIFAR-100's fine labels are read from its pickles", async () => {
  const files = {
    train: batchPickle([5, 6], planes([1, 1, 1], [2, 2, 2]), "fine_labels"),
    test: batchPickle([98], planes([4, 5, 6]), "fine_labels"),
    meta: metaPickle("fine_label_names", names100),
  };
  await withFolder(within("cifar-100-python", files), async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual([...dataset.train.labels], [5, 6]);
    assert.deepEqual([...dataset.test!.labels], [98]);
    assert.deepEqual(dataset.unused, []);
    const { data } = await dataset.test!.image(0, stretch);
    assert.deepEqual([...data.subarray(0, 3)], [4, 5, 6]);
  });
});
