import assert from "node:assert/strict";
import { loadDataset } from "../../../lib/data/open_dataset.ts";
import { withFolder } from "../support.ts";
import { files } from "./layout_files.ts";

const cases: readonly (readonly [what: string, names: readonly string[], message: RegExp])[] = [
  ["flat pictures", ["in/#3.jpg"], /folders in \(3 images\).*--labels FILE.*--label-pattern/],
  ["one class", ["cat/#3.jpg"], /single class folder, cat, .*two classes or more\. Received: 1\./],
  [
    "an archive",
    ["cats.zip"],
    /Received: no folders; cats\.zip\. cats\.zip is an archive: unpack it/,
  ],
  [
    "YOLO's boxes",
    ["images/train/1.jpg", "labels/train/1.txt", "data.yaml"],
    /boxes \(object detection/,
  ],
  [
    "VOC's boxes",
    ["JPEGImages/1.jpg", "Annotations/1.xml"],
    /boxes \(object detection\), .* not classes/,
  ],
  [
    "COCO's boxes",
    ["val2017/1.jpg", "annotations/instances_val2017.json"],
    /boxes \(object detection/,
  ],
  [
    "arrays",
    ["x_train.npy", "y_train.npy"],
    /x_train\.npy holds arrays of a layout that is not read/,
  ],
  [
    "pictures that are not read",
    ["cat/#3.heic", "dog/1.svg"],
    /no images of a kind that is read, but 3 \.heic/,
  ],
  ["a class itself", ["cat/#3.jpg", "dog/#3.jpg"], /if it is itself a class, give \S+\. /],
  ["TFRecords", ["train-0.tfrec"], /train-0\.tfrec holds arrays of a layout that is not read/],
  [
    "a spreadsheet of labels",
    ["img/#3.jpg", "labels.xlsx"],
    /img \(3 images\); labels\.xlsx\. .*--labels FILE \(save labels\.xlsx as CSV\);/,
  ],
  [
    "splits in the folders of classes",
    ["cat/train/#3.jpg", "cat/test/1.jpg", "dog/train/#3.jpg"],
    /Classes must be in the folders of splits: test\/cat, not cat\/test\./,
  ],
  ["nothing", [], /Received: no folders\. A data set is a folder of class folders/],
];

for (const [what, names, message] of cases) {
  Deno.test(`The error for ${what} says what was found and what to do`, () =>
    withFolder(files(...names), async (folder) => {
      const path = what === "a class itself" ? `${folder}/cat` : folder;
      const error = await loadDataset(path).then(() => undefined, (error) => error);
      assert.equal(error?.name, "DataError");
      assert.match(error.message, message);
      assert.ok(!error.message.includes("\n"));
    }));
}
