import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { withFolder } from "../../support.ts";

Deno.test("Imagenette's noisy labels are told and not used", async () => {
  const files = {
    "train/n01440764/a.JPEG": "-",
    "train/n03445777/b.JPEG": "-",
    "val/n01440764/c.JPEG": "-",
    "val/n03445777/d.JPEG": "-",
    "noisy_imagenette.csv":
      "path,noisy_labels_0,noisy_labels_50,is_valid\ntrain/n01440764/a.JPEG,n01440764,n03445777,False\n",
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["tench", "golf ball"]);
    assert.deepEqual([...dataset.train.labels], [0, 1]);
    assert.deepEqual([...dataset.validation.labels], [0, 1]);
    assert.deepEqual(dataset.warnings, [
      "The noisy labels of noisy_imagenette.csv are not used: an image's class is its folder's",
    ]);
  });
});
