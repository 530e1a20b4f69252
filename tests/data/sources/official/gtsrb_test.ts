import assert from "node:assert/strict";
import type { Split } from "../../../../lib/data/dataset.ts";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { ignoresCase } from "../../../../lib/data/sources/listing/spelling.ts";
import { countClasses, withFolder } from "../../support.ts";

const ppm = Uint8Array.of(...new TextEncoder().encode("P6\n1 1\n255\n"), 9, 8, 7);

/** Tracks of five frames in the folder of a class. */
function tracks(folder: string, prefix: string, count: number, extension: string): Files {
  return Object.fromEntries(
    Array.from({ length: count * 5 }, (_, index) => {
      const [track, frame] = [Math.floor(index / 5), index % 5];
      return [`${folder}/${prefix}0000${track}_0000${frame}.${extension}`, ppm];
    }),
  );
}

type Files = Record<string, string | Uint8Array>;

function kaggle(train = "Train", test = "Test"): Files {
  return {
    ...tracks(`${train}/2`, "00002_", 4, "png"),
    ...tracks(`${train}/10`, "00010_", 4, "png"),
    [`${test}/00000.png`]: ppm,
    [`${test}/00001.png`]: ppm,
    [`${test}/unknown.png`]: ppm,
    "Meta/2.png": ppm,
    "Train.csv": "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path\n",
    "Test.csv": "Width,Height,Roi.X1,Roi.Y1,Roi.X2,Roi.Y2,ClassId,Path\n" +
      "53,54,6,5,48,49,10,Test/00000.png\n42,45,5,5,36,40,2,Test/00001.png\n",
  };
}

const paths = (split: Split): string[] =>
  Array.from({ length: split.length }, (_, index) => split.path(index));

Deno.test("GTSRB is read as Kaggle has it, its classes sorted as numbers, tracks held out whole", async () => {
  await withFolder(kaggle(), async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes, [
      { id: "2", name: "Speed limit (50 km/h)" },
      { id: "10", name: "No passing for vehicles over 3.5 t" },
    ]);
    assert.deepEqual(countClasses(dataset, dataset.train), [15, 15]);
    assert.deepEqual(countClasses(dataset, dataset.validation), [5, 5]);
    const tracks = new Set(paths(dataset.validation).map((path) => path.replace(/_\d+\.png$/, "")));
    assert.equal(tracks.size, 2);
    assert.deepEqual(paths(dataset.test!), ["Test/00000.png", "Test/00001.png"]);
    assert.deepEqual([...dataset.test!.labels], [1, 0]);
    const told = dataset.unused?.map(({ reason, examples }) => [reason, ...examples]).sort();
    assert.deepEqual(told, [
      ["files that are no pictures", "Train.csv"],
      ["pictures without a class", "Meta/2.png"],
      ["test images of no class in Test.csv", "Test/unknown.png"],
    ]);
    assert.match(dataset.warnings.join(), /10 % of the tracks of training images are held out/);
  });
});

Deno.test("GTSRB's second copy in Kaggle's archive is told", async () => {
  await withFolder({ ...kaggle(), ...tracks("train/2", "00002_", 1, "png") }, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.equal(dataset.train.length, 30);
    const { count } = dataset.unused!.find(({ reason }) => reason === "pictures without a class")!;
    // Where the system ignores case, the copy is the first one.
    assert.equal(count, ignoresCase ? 1 : 6);
  });
});

const training: Files = {
  ...tracks("GTSRB/Final_Training/Images/00002", "", 2, "ppm"),
  ...tracks("GTSRB/Final_Training/Images/00014", "", 2, "ppm"),
  "GTSRB/Final_Training/Images/00014/GT-00014.csv": "Filename;ClassId\n00000_00000.ppm;14\n",
  "GTSRB/Final_Test/Images/00000.ppm": ppm,
  "GTSRB/Final_Test/Images/GT-final_test.test.csv": "Filename;Width\n00000.ppm;53\n",
};
const table = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\r\n" +
  "00000.ppm;53;54;6;5;48;49;14\r\n";

for (const place of ["", "GTSRB/", "GTSRB/Final_Test/Images/"]) {
  Deno.test(`GTSRB is read as it is published, with the test labels in ${place || "."}`, async () => {
    await withFolder({ ...training, [`${place}GT-final_test.csv`]: table }, async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual(dataset.classes.map(({ name }) => name), ["Speed limit (50 km/h)", "Stop"]);
      assert.deepEqual(countClasses(dataset, dataset.train), [5, 5]);
      assert.deepEqual([...dataset.test!.labels], [1]);
      const { data } = await dataset.test!.image(0, { mode: "stretch", size: 1 });
      assert.deepEqual([...data], [9, 8, 7]);
    });
  });
}

Deno.test("GTSRB without the labels of the test images tells them", async () => {
  await withFolder(training, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.equal(dataset.test, undefined);
    assert.match(
      JSON.stringify(dataset.unused),
      /test images without labels \(GT-final_test\.csv\)/,
    );
  });
});

Deno.test("GTSRB's tables are checked", async () => {
  const changed = { ...kaggle(), "Test.csv": "ClassId,Path\n2,Test/00000.png\nx,Test/00001.png\n" };
  await withFolder(changed, async (folder) => {
    await assert.rejects(
      loadDataset(folder),
      /Test\.csv, row 2: must have .* a number. Received: /,
    );
  });
});
