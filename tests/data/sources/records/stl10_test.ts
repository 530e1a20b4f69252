import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { countClasses, withFolder } from "../../support.ts";

const names = "airplane\nbird\ncar\ncat\ndeer\ndog\nhorse\nmonkey\nship\ntruck\n";

/** The top left pixel is 1, the one below it 2, the one beside it 3, in red; green is 4, blue 5. */
function image(): number[] {
  const bytes = new Uint8Array(3 * 96 * 96);
  bytes.fill(4, 96 * 96).fill(5, 2 * 96 * 96);
  // Column by column, as STL-10's page says.
  [bytes[0], bytes[1], bytes[96]] = [1, 2, 3];
  return [...bytes];
}

const files = {
  "stl10_binary/train_X.bin": Uint8Array.from([...image(), ...image(), ...image(), ...image()]),
  "stl10_binary/train_y.bin": Uint8Array.of(1, 10, 10, 10),
  "stl10_binary/test_X.bin": Uint8Array.from(image()),
  "stl10_binary/test_y.bin": Uint8Array.of(2),
  "stl10_binary/class_names.txt": names,
  "stl10_binary/unlabeled_X.bin": Uint8Array.from(image()),
  "stl10_binary/fold_indices.txt": "0 1\n",
};

Deno.test("STL-10's images are read column by column, and the unlabeled ones told", async () => {
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.equal(dataset.classes[9]?.name, "truck");
    assert.deepEqual(countClasses(dataset, dataset.train), [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    assert.deepEqual(countClasses(dataset, dataset.validation), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    assert.deepEqual([...dataset.test!.labels], [1]);
    const { width, data } = await dataset.test!.image(0, { mode: "stretch", size: 96 });
    assert.equal(width, 96);
    assert.deepEqual([...data.subarray(0, 6)], [1, 4, 5, 3, 4, 5]);
    assert.deepEqual([...data.subarray(96 * 3, 96 * 3 + 3)], [2, 4, 5]);
    assert.deepEqual(dataset.unused?.map(({ reason, examples }) => [reason, ...examples]).sort(), [
      ["images without labels", "unlabeled_X.bin"],
      ["the ten folds of the training images, which are not used", "fold_indices.txt"],
    ]);
  });
});

Deno.test("STL-10's files that do not fit are named", async () => {
  const cases: [Record<string, Uint8Array>, RegExp][] = [
    [{ "test_y.bin": Uint8Array.of(1, 2) }, /test_X\.bin must hold .* each of the 2 labels/],
    [{ "test_y.bin": Uint8Array.of(11) }, /test_y\.bin, record 0.*1 to 10. Received: 11/],
    [{ "train_X.bin": Uint8Array.of(1) }, /train_X\.bin must hold.*Received: 1 bytes/],
  ];
  for (const [change, message] of cases) {
    const changed = Object.entries(change).map(([name, bytes]) => [`stl10_binary/${name}`, bytes]);
    await withFolder({ ...files, ...Object.fromEntries(changed) }, async (folder) => {
      await assert.rejects(loadDataset(folder), { name: "DataError", message });
    });
  }
  const { "stl10_binary/test_X.bin": _, ...partial } = files;
  await withFolder(partial, async (folder) => {
    await assert.rejects(loadDataset(folder), /nearest is STL-10, binary, of which test_X\.bin is/);
  });
});
