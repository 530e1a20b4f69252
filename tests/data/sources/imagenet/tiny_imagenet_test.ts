import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { countClasses, withFolder } from "../../support.ts";

const [goldfish, salamander] = ["n01443537", "n01629819"];

const train: Record<string, string> = {
  [`train/${salamander}/images/${salamander}_0.JPEG`]: "-",
  [`train/${goldfish}/images/${goldfish}_0.JPEG`]: "-",
  [`train/${goldfish}/images/${goldfish}_1.JPEG`]: "-",
  [`train/${goldfish}/${goldfish}_boxes.txt`]: "-",
  "wnids.txt": `${salamander}\n${goldfish}\n`,
  "words.txt":
    `n00001740\tentity\n${goldfish}\tgoldfish, Carassius auratus\n${salamander}\tEuropean fire salamander, x\n`,
};

const validation: Record<string, string> = {
  "val/images/val_0.JPEG": "-",
  "val/images/val_1.JPEG": "-",
  "val/images/val_2.JPEG": "-",
  "val/val_annotations.txt":
    `val_0.JPEG\t${salamander}\t0\t32\t44\t62\nval_1.JPEG\t${goldfish}\t52\t55\t57\t59\n`,
};

Deno.test("Tiny ImageNet is read with its names, and what is not used is counted", async () => {
  const files = { ...train, ...validation, "test/images/test_0.JPEG": "-" };
  for (const inside of ["", "tiny-imagenet-200/"]) {
    const placed = Object.entries(files).map(([path, content]) => [inside + path, content]);
    await withFolder(Object.fromEntries(placed), async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual(dataset.classes, [
        { id: goldfish, name: "goldfish" },
        { id: salamander, name: "European fire salamander" },
      ]);
      assert.deepEqual(countClasses(dataset, dataset.train), [2, 1]);
      assert.equal(dataset.validation.path(0), "val/images/val_1.JPEG");
      assert.deepEqual([...dataset.validation.labels], [0, 1]);
      assert.equal(dataset.test, undefined);
      assert.deepEqual(
        dataset.unused?.map(({ reason, examples }) => [reason, ...examples]).sort(),
        [
          ["bounding boxes", `train/${goldfish}/${goldfish}_boxes.txt`],
          ["pictures without a class", "val/images/val_2.JPEG"],
          ["test images without labels", "test/images/test_0.JPEG"],
        ],
      );
    });
  }
});

Deno.test("Tiny ImageNet's rearranged validation images are read", async () => {
  for (const inside of ["", "/images"]) {
    const rearranged = {
      [`val/${goldfish}${inside}/val_1.JPEG`]: "-",
      [`val/${salamander}${inside}/val_0.JPEG`]: "-",
      [`test/${salamander}${inside}/val_7.JPEG`]: "-",
    };
    await withFolder({ ...train, ...rearranged }, async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual([...dataset.validation.labels], [0, 1]);
      assert.deepEqual([...dataset.test!.labels], [1]);
      assert.deepEqual(dataset.warnings, [`The class ${goldfish} has no test images`]);
    });
  }
});

Deno.test("Tiny ImageNet's training images alone are split", async () => {
  await withFolder(train, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual([...dataset.train.labels], [0, 1]);
    assert.deepEqual([...dataset.validation.labels], [0]);
    assert.match(dataset.warnings.join(), /are held out by seed 1/);
  });
});

Deno.test("Tiny ImageNet's errors name the file", async () => {
  const { "val/val_annotations.txt": _, ...unlabeled } = validation;
  const cases: [Record<string, string>, RegExp][] = [
    [unlabeled, /labels of the validation images are missing: .*val_annotations\.txt/],
    [{ ...validation, "val/val_annotations.txt": "val_0.JPEG 3\n" }, /line 1: .*Received: val_0/],
    [{ ...validation, [`train/n01641577/notes.txt`]: "-" }, /n01641577 holds no image files/],
  ];
  for (const [change, message] of cases) {
    await withFolder({ ...train, ...change }, async (folder) => {
      await assert.rejects(loadDataset(folder), { name: "DataError", message });
    });
  }
});
