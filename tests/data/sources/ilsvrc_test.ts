import assert from "node:assert/strict";
import { articleClasses } from "../../../lib/data/sources/class_names.ts";
import { findIlsvrcRoot, ilsvrc } from "../../../lib/data/sources/ilsvrc.ts";
import { countClasses, sharedData, withFolder, withSharedData } from "../support.ts";

const inside = "ILSVRC/Data/CLS-LOC";
const [cat, dog] = ["n00000001", "n00000002"];

const small = {
  [`${inside}/train/${cat}/1.JPEG`]: "-",
  [`${inside}/train/${dog}/2.JPEG`]: "-",
  [`${inside}/train/rubbish/3.JPEG`]: "-",
  [`${inside}/val/v1.JPEG`]: "-",
  [`${inside}/val/v2.JPEG`]: "-",
  [`${inside}/val/unlisted.JPEG`]: "-",
  "LOC_val_solution.csv":
    `ImageId,PredictionString\nv1,${dog} 1 2 3 4 ${dog} 5 6 7 8 \nv2,${cat} 1 2 3 4 \nv3,${cat} 1 2 3 4 \n`,
  "LOC_synset_mapping.txt": `${cat} house cat, Felis catus\n${dog} dog\n`,
};

withSharedData("ilsvrc() takes the article's ten classes, in its order, by default", async () => {
  const dataset = await ilsvrc(`${sharedData}/ilsvrc-mini`);
  assert.deepEqual(dataset.classes, articleClasses);
  assert.deepEqual(countClasses(dataset, dataset.train), [21, 2, 6, 1, 25, 4, 1, 3, 1, 1]);
  assert.equal(dataset.validation.length, 14);
  const { width } = await dataset.validation.image(0, { mode: "stretch", size: 24 });
  assert.equal(width, 24);
});

withSharedData("ilsvrc() takes all classes, or the given ones", async () => {
  const all = await ilsvrc(`${sharedData}/ilsvrc-mini`, { classes: "all" });
  assert.equal(all.classes.length, 12);
  assert.equal(all.classes[0]?.name, "tench");
  const two = await ilsvrc(`${sharedData}/ilsvrc-mini`, { classes: ["n04523525", "n02033041"] });
  assert.deepEqual(countClasses(two, two.train), [6, 4]);
});

withSharedData("ilsvrc() reads Imagenette in Kaggle's layout", async () => {
  const dataset = await ilsvrc(`${sharedData}/imagenette-224`);
  assert.deepEqual(countClasses(dataset, dataset.train), Array(10).fill(480));
  assert.deepEqual(countClasses(dataset, dataset.validation), Array(10).fill(50));
  assert.deepEqual(dataset.warnings, []);
});

withSharedData("ilsvrc() skips clutter and accepts extensions in any case", async () => {
  const dataset = await ilsvrc(`${sharedData}/ilsvrc-odd`, { classes: ["n04523525", "n02909870"] });
  assert.deepEqual(countClasses(dataset, dataset.train), [5, 8]);
  assert.match(dataset.warnings.join("\n"), /No validation images: .*val is missing/);
  const names = [0, 1, 2, 3, 4].map((index) => dataset.train.path(index).split("/").at(-1));
  assert.deepEqual(names, [
    "n04523525 8003 (é).JPEG",
    "n04523525_8001.jpg",
    "n04523525_8002.Jpeg",
    "n04523525_9001.JPEG",
    "n04523525_1.JPEG", // in a subfolder
  ]);
});

Deno.test("ilsvrc() labels validation images by the solution file and ignores unlisted ones", async () => {
  await withFolder(small, async (folder) => {
    const dataset = await ilsvrc(folder);
    assert.deepEqual(dataset.classes, [{ id: cat, name: "house cat" }, { id: dog, name: "dog" }]);
    assert.deepEqual([...dataset.validation.labels], [0, 1]);
    assert.equal(dataset.validation.path(0), `${inside}/val/v2.JPEG`);
  });
});

Deno.test("ilsvrc() also reads validation images in class folders", async () => {
  const { [`${inside}/val/v1.JPEG`]: _, ...rest } = small;
  await withFolder({ ...rest, [`${inside}/val/${dog}/v1.JPEG`]: "-" }, async (folder) => {
    const dataset = await ilsvrc(folder);
    assert.deepEqual([...dataset.validation.labels], [1]);
    assert.deepEqual(dataset.warnings, [`The class ${cat} has no validation images`]);
  });
});

Deno.test("ilsvrc() names the file, folder or class that is wrong", async () => {
  const { "LOC_val_solution.csv": _, ...unlabeled } = small;
  await withFolder(unlabeled, async (folder) => {
    await assert.rejects(ilsvrc(folder), /labels .* missing: .*LOC_val_solution\.csv/);
  });
  await withFolder({ ...small, "LOC_val_solution.csv": "ImageId\nv1\n" }, async (folder) => {
    await assert.rejects(ilsvrc(folder), /LOC_val_solution\.csv: a row must name/);
  });
  await withFolder({ ...small, [`${inside}/train/n00000003/notes.txt`]: "-" }, async (folder) => {
    await assert.rejects(ilsvrc(folder), /n00000003 holds no image files/);
  });
  await withFolder(small, async (folder) => {
    await assert.rejects(ilsvrc(folder, { classes: ["n9"] }), {
      name: "DataError",
      message: `classes must be of ${cat}, ${dog}. Received: n9`,
    });
  });
});

Deno.test("findIlsvrcRoot() takes the folder or one inside it", async () => {
  await withFolder(small, async (folder) => {
    for (const path of ["", "/ILSVRC", "/ILSVRC/Data", "/ILSVRC/Data/CLS-LOC"]) {
      assert.equal(await findIlsvrcRoot(folder + path), folder);
    }
    assert.equal(await findIlsvrcRoot(`${folder}/elsewhere`), undefined);
  });
});
