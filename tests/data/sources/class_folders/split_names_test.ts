import assert from "node:assert/strict";
import {
  isReservedName,
  splitHint,
  type SplitName,
  subjectOf,
} from "../../../../lib/data/sources/class_folders/split_names.ts";

const names: Readonly<Record<SplitName, string>> = {
  train:
    "train Train TRAIN training Training training_set train_set trainset TrainingSet Training-Data " +
    "train_images images_train seg_train train2017 train-jpg trainData",
  validation:
    "val valid validation Validation VAL dev val_set valset ValidationSet val2017 Val_Images " +
    "images.val",
  test:
    "test testing Testing test_set Test testset TestImages seg_test test1 evaluation eval test-jpg",
};

Deno.test("splitHint() knows splits as people write them", () => {
  for (const [split, known] of Object.entries(names)) {
    for (const name of known.split(" ")) {
      assert.deepEqual(splitHint(name), { split, sure: true, rest: "" }, name);
      assert.ok(isReservedName(name), name);
    }
  }
  assert.ok(splitHint("training set")?.sure);
});

Deno.test("splitHint() is not sure of names that say something else, and none of classes", () => {
  assert.deepEqual(splitHint("asl_alphabet_train"), {
    split: "train",
    sure: false,
    rest: "asl alphabet",
  });
  assert.deepEqual(splitHint("validation-horse-or-human")?.rest, subjectOf("horse-or-human"));
  assert.equal(splitHint("ILSVRC2012_img_val")?.split, "validation");
  assert.equal(splitHint("tr")?.sure, false);
  for (const name of ["cats", "trains", "valley", "contest", "device", "train_val", "テスト"]) {
    assert.equal(splitHint(name), undefined, name);
  }
});

Deno.test("isReservedName() knows what lies beside classes, and takes no class for it", () => {
  for (
    const name of ("images Images labels Annotations Meta seg_pred test1 unlabeled JPEGImages " +
      "single_prediction train_labels trainval train_val").split(" ")
  ) {
    assert.ok(isReservedName(name), name);
  }
  for (
    const name of [
      "cats",
      "mask",
      "with_mask",
      "photo",
      "steam_train",
      "test_tube",
      "boxes",
      "0",
      "猫",
    ]
  ) {
    assert.ok(!isReservedName(name), name);
  }
});
