import { sep } from "@std/path";
import assert from "node:assert/strict";
import type { Dataset } from "../../../../lib/data/dataset.ts";
import { loadDataset, type LoadOptions } from "../../../../lib/data/open_dataset.ts";
import { testOnPosix } from "../../../test_on_posix.ts";
import { withFolder } from "../../support.ts";
import { files, pathsOf, sizesOf } from "../layout_files.ts";

/** Opens a folder of files, whose path is removed from the warnings. */
async function open(names: readonly string[], options: LoadOptions = {}): Promise<Dataset> {
  let dataset: Dataset | undefined;
  await withFolder(files(...names), async (folder) => {
    const opened = await loadDataset(folder, options);
    dataset = {
      ...opened,
      warnings: opened.warnings.map((line) => line.replaceAll(folder, "DIR").replaceAll(sep, "/")),
    };
  });
  return dataset!;
}

function classesOf(folder: string): string[] {
  return [`${folder}/cat/#5.jpg`, `${folder}/dog/#5.jpg`];
}

const heldOut =
  "No validation images of its own: 20 % of the training images are held out by seed 1 " +
  "and validate";

Deno.test("Splits are found by the names that people give them", async () => {
  for (
    const [train, validation, test] of [
      ["train", "validation", "test"],
      ["Train", "Val", "Test"],
      ["training_set", "dev", "test_set"],
      ["Training", "valid", "Evaluation"],
      ["data_train", "data_val", "data_test"],
      ["asl_alphabet_train", "asl_alphabet_val", "asl_alphabet_test"],
      ["trn", "vld", "tst"],
      ["train", "eval", "test"],
    ] as const
  ) {
    const dataset = await open([train, validation, test].flatMap(classesOf));
    assert.deepEqual(dataset.classes.map(({ id }) => id), ["cat", "dog"]);
    assert.deepEqual(sizesOf(dataset), [10, 10, 10], train);
    assert.ok(pathsOf(dataset.validation).every((path) => path.startsWith(`${validation}/`)));
    assert.ok(pathsOf(dataset.test).every((path) => path.startsWith(`${test}/`)));
  }
});

Deno.test("Without validation images, a part of the training images is held out and test is kept", async () => {
  const dataset = await open([...classesOf("Training"), ...classesOf("Testing")]);
  assert.deepEqual(sizesOf(dataset), [8, 2, 10]);
  assert.deepEqual(dataset.warnings, [
    "Splits: training images in Training, test images in Testing",
    heldOut,
  ]);
  const alone = await open(classesOf("train"), { validationFraction: 0.4 });
  assert.deepEqual(sizesOf(alone), [6, 4]);
  assert.deepEqual(alone.warnings, [heldOut.replace("20 %", "40 %")]);
  const { warnings } = await open([...classesOf("train"), ...classesOf("val")], {
    validationFraction: 0.4,
  });
  assert.deepEqual(warnings, [
    "The validation fraction has no effect: val holds the validation images",
  ]);
});

Deno.test("Two folders of one split are refused by name", async () => {
  await assert.rejects(
    open([...classesOf("train"), ...classesOf("val"), ...classesOf("validation")]),
    {
      name: "DataError",
      message: /must have one folder of validation images. Received: val, valid/,
    },
  );
});

Deno.test("Splits of Kaggle's archives are found: nested, doubled, with other names", async () => {
  const intel = await open([
    ...[...classesOf("seg_train/seg_train"), ...classesOf("seg_test/seg_test")],
    "seg_pred/seg_pred/#3.jpg",
  ]);
  assert.deepEqual(sizesOf(intel), [8, 2, 10]);
  assert.deepEqual(intel.unused?.map(({ reason, count }) => [reason, count]), [
    ["pictures without a class", 3],
  ]);
  const cats = await open([
    ...classesOf("dataset/training_set/training_set"),
    ...classesOf("dataset/test_set/test_set"),
  ]);
  assert.deepEqual(sizesOf(cats), [8, 2, 10]);
  assert.equal(cats.warnings[0], "The data set is that of DIR/dataset");
  const chest = await open([
    ...["train", "val", "test", "chest_xray/train", "__MACOSX"].flatMap((split) =>
      classesOf(`chest_xray/${split}`)
    ),
  ]);
  assert.deepEqual(sizesOf(chest), [10, 10, 10]);
  assert.deepEqual(chest.unused?.map(({ reason, count }) => [reason, count]), [
    ["hidden folders", 1],
    ["pictures without a class", 10],
  ]);
  const horses = await open([
    ...classesOf("horse-or-human"),
    ...classesOf("validation-horse-or-human"),
  ]);
  assert.deepEqual(sizesOf(horses), [10, 10]);
});

testOnPosix(
  "Class folders of the splits are matched by their exact names, and near misses are told",
  "no name ends with a space there",
  async () => {
    const dataset = await open([
      ...classesOf("train"),
      ...["val/Cat/#3.jpg", "val/dog /1.jpg", "val/dog/1.jpg", "val/bird/1.jpg"],
    ]);
    assert.deepEqual(pathsOf(dataset.validation), ["val/dog/1.jpg"]);
    assert.deepEqual(dataset.warnings, [
      "The class cat has no validation images",
      'Folders of val are left out because they are written otherwise than the classes: "Cat" is not ' +
      '"cat", "dog " is not "dog"',
      "Folders of val that are no training classes are left out: bird",
    ]);
    assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
      ["pictures in folders of no training class", 5],
    ]);
    await assert.rejects(
      open([...classesOf("train"), "val/0/1.jpg", "val/1/1.jpg"]),
      /val must be named as the classes are \(cat, dog\). Received: 0, 1$/,
    );
  },
);

Deno.test("Many classes without validation images are one line", async () => {
  const many = Array.from({ length: 1000 }, (_, index) => `train/c${1000 + index}/1.jpg`);
  const { warnings } = await open([...many, "val/c1000/1.jpg"]);
  assert.deepEqual(warnings, [
    "999 classes have no validation images: c1001, c1002, c1003, c1004, c1005, …",
  ]);
});

Deno.test("Names of splits are no classes, unless they are among classes or selected", async () => {
  await assert.rejects(
    open(["train/#4.jpg", "test1/#4.jpg"]),
    /Received: folders test1 \(4 images\), train \(4 images\)\..* --labels FILE.* --label-pattern/,
  );
  const both = ["apple", "bear", "train"].flatMap((
    name,
  ) => [`train/${name}/1.jpg`, `test/${name}/1.jpg`]);
  assert.deepEqual((await open(both)).classes.map(({ id }) => id), ["apple", "bear", "train"]);
  const again = await open(both, { classes: ["apple", "bear", "train"] });
  assert.equal(again.test?.length, 3);
  const vehicles = ["bus/#2.jpg", "car/#2.jpg", "train/#2.jpg"];
  await assert.rejects(open(vehicles), /named as splits are. Received: train\..*--classes/);
  const selected = await open(vehicles, { classes: ["train", "bus"] });
  assert.deepEqual(selected.classes.map(({ id }) => id), ["train", "bus"]);
  const beside = await open(["cat/#2.jpg", "dog/#2.jpg", "unlabeled/#2.jpg", "Meta/#2.png"]);
  assert.deepEqual(beside.classes.map(({ id }) => id), ["cat", "dog"]);
});

Deno.test("Flat validation images are an error, unless training images are held out instead", async () => {
  const names = [...classesOf("train"), "val/#4.jpg"];
  await assert.rejects(
    open(names),
    /val must have class folders, .* valprep.sh .* LOC_val_solution.csv .* --validation-fraction/,
  );
  const dataset = await open(names, { validationFraction: 0.2 });
  assert.deepEqual(sizesOf(dataset), [8, 2]);
  assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
    ["pictures of val, which has no class folders", 4],
  ]);
});

Deno.test("A folder around one data set is followed, and told; around two it is not", async () => {
  const one = await open(["data/cat/#5.jpg", "data/dog/#5.jpg", "docs/1.png", "README.md"]);
  assert.deepEqual(one.classes.map(({ id }) => id), ["cat", "dog"]);
  assert.equal(one.warnings[0], "The data set is that of DIR/data");
  assert.deepEqual(one.unused?.map(({ reason, examples }) => [reason, ...examples]), [
    ["files that are no pictures, outside of data", "README.md"],
    ["pictures without a class, outside of data", "docs/1.png"],
  ]);
  await assert.rejects(
    open([...classesOf("a/train"), ...classesOf("b/train")]),
    /must hold one data set. Received: \S+[/\\]a, \S+[/\\]b. Give one/,
  );
  await assert.rejects(
    open([...classesOf("setA"), ...classesOf("setB")]),
    /setA and setB have the same subfolders \(cat, dog\)/,
  );
});

Deno.test("A folder of training images alone is told of the splits beside it", async () => {
  await withFolder(files(...classesOf("train"), ...classesOf("val")), async (folder) => {
    const { warnings } = await loadDataset(`${folder}/train`);
    assert.deepEqual(warnings, [
      `Images of ${folder}/train alone are read; val beside it are not: give ${folder} for all`,
    ]);
  });
});

Deno.test("Images in subfolders alone are of the first level's class, and told", async () => {
  const dataset = await open([
    "cat/2019/#2.jpg",
    "cat/2020/#2.jpg",
    "dog/2019/#2.jpg",
    "dog/a.jpg",
  ]);
  assert.deepEqual(dataset.classes.map(({ id }) => id), ["cat", "dog"]);
  assert.deepEqual(dataset.warnings, [
    "Images lie in subfolders of classes, whose first level is the class: cat/2019",
  ]);
});
