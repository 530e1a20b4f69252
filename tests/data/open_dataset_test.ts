import assert from "node:assert/strict";
import { loadDataset } from "../../lib/data/open_dataset.ts";
import { sharedData, withFolder, withSharedData } from "./support.ts";

withSharedData("loadDataset() recognizes the layout of a path by its content", async () => {
  const counts = async (path: string): Promise<[string, number, number, number]> => {
    const { name, classes, train, validation } = await loadDataset(`${sharedData}/${path}`);
    return [name, classes.length, train.length, validation.length];
  };
  assert.deepEqual(await counts("cifar10"), ["cifar10", 10, 13_000, 5_000]);
  assert.deepEqual(await counts("cifar10/cifar-10-batches-bin"), ["cifar10", 10, 13_000, 5_000]);
  assert.deepEqual(await counts("ilsvrc-mini"), ["ilsvrc-mini", 10, 65, 14]);
  assert.deepEqual(await counts("ilsvrc-mini/ILSVRC"), ["ilsvrc-mini", 10, 65, 14]);
  assert.deepEqual(await counts("imagenette-224"), ["imagenette-224", 10, 4_800, 500]);
  assert.deepEqual(await counts("imagenette-224/ILSVRC/Data/CLS-LOC/train"), [
    "train",
    10,
    3_840,
    960,
  ]);
});

withSharedData(
  "loadDataset() takes the given classes of CIFAR-10, in the given order",
  async () => {
    const dataset = await loadDataset(`${sharedData}/cifar10`, { classes: ["dog", "cat"] });
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["dog", "cat"]);
    assert.equal(dataset.train.length, 2_600);
    assert.equal(dataset.validation.length, 1_000);
    const first = dataset.train.labels.indexOf(0);
    const { width } = await dataset.train.image(first, { mode: "stretch", size: 32 });
    assert.equal(width, 32);
    await assert.rejects(
      loadDataset(`${sharedData}/cifar10`, { classes: ["cow", "cat"] }),
      /classes must be of airplane, .*truck. Received: cow/,
    );
  },
);

Deno.test("loadDataset() finds a downloaded set by its name; the error for a missing one says how to get it", async () => {
  const files = {
    "imagenette160/train/n01440764/1.JPEG": "-",
    "imagenette160/train/n03445777/1.JPEG": "-",
    "imagenette160/val/n01440764/2.JPEG": "-",
    "imagenette160/val/n03445777/2.JPEG": "-",
  };
  await withFolder(files, async (root) => {
    const dataset = await loadDataset("imagenette160", { root });
    assert.equal(dataset.name, "imagenette160");
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["tench", "golf ball"]);
    await assert.rejects(loadDataset("cifar10", { root }), /get it with: deno task data cifar10/);
  });
});

Deno.test("loadDataset() lists the accepted layouts if it recognizes none", async () => {
  await assert.rejects(loadDataset("no/such/folder"), {
    name: "DataError",
    message: /drawn10, cifar10, .*or an existing folder. Received: no\/such\/folder/,
  });
  await withFolder({ "file": "-", "a.zip": "-", "deep/er/1.txt": "-" }, async (folder) => {
    await assert.rejects(loadDataset(`${folder}/file`), /must be a folder .*Received: the file/);
    await assert.rejects(loadDataset(`${folder}/a.zip`), /a\.zip, an archive: unpack it first$/);
    await assert.rejects(loadDataset(folder), /No data set is recognized.*Received: folders deep/);
    await assert.rejects(loadDataset(`${folder}/deep/er`), /Received: no folders/);
  });
  await withFolder({ "alone/1.jpg": "-" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /two classes or more. Received: 1/);
  });
});
