import assert from "node:assert/strict";
import type { Split } from "../../../../lib/data/dataset.ts";
import { loadDataset, type LoadOptions } from "../../../../lib/data/open_dataset.ts";
import { matlabFile } from "../records/matlab_files.ts";
import { countClasses, withFolder } from "../../support.ts";

/** Tench, goldfish, kit fox: sorted. ImageNet's own numbers of them are 449, 450 and 1. */
const [tench, goldfish, fox] = ["n01440764", "n01443537", "n02119789"];

type Content = Record<string, string | Uint8Array>;

function images(folder: string, ...names: readonly string[]): Content {
  return Object.fromEntries(names.map((name) => [`${folder}/${name}`, "-"]));
}

function train(folder = "train", ...ids: readonly string[]): Content {
  const wnids = ids.length > 0 ? ids : [tench, goldfish, fox];
  return Object.assign({}, ...wnids.map((id) => images(`${folder}/${id}`, `${id}_1.JPEG`)));
}

const valName = (number: number): string =>
  `ILSVRC2012_val_${String(number).padStart(8, "0")}.JPEG`;
const flat = (folder = "val"): Content => images(folder, valName(1), valName(2), valName(3));

function labels(split: Split): Record<string, number> {
  return Object.fromEntries(
    Array.from(split.labels, (label, index) => [split.path(index).split("/").at(-1), label]),
  );
}

const solution = `ImageId,PredictionString
ILSVRC2012_val_00000001,${fox} 1 2 3 4
ILSVRC2012_val_00000002,${tench} 1 2 3 4
ILSVRC2012_val_00000003,${goldfish} 1 2 3 4
`;
const expected = { [valName(1)]: 2, [valName(2)]: 0, [valName(3)]: 1 };

/** The forms in which the labels of flat validation images are found. */
const lists: Record<string, Content> = {
  "Kaggle's solution": { "LOC_val_solution.csv": solution },
  "Kaggle's solution beside the images": { "val/LOC_val_solution.csv": solution },
  "Caffe's numbers by a list of wnids": {
    "val.txt": `${valName(1)} 2\n${valName(2)} 0\n${valName(3)} 1\n`,
    "synsets.txt": `${tench}\n${goldfish}\n${fox}\n`,
  },
  "wnids beside the images' names": {
    "val_map.txt": `val/${valName(1)} ${fox}\nval/${valName(2)} ${tench}\n${
      valName(3)
    } ${goldfish}\n`,
  },
  "a list of wnids in the order of the images": {
    "imagenet_2012_validation_synset_labels.txt": `${fox}\n${tench}\n${goldfish}\n`,
  },
  "the development kit's numbers by meta.mat": {
    "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt": "1\n449\n450\n",
    "ILSVRC2012_devkit_t12/data/meta.mat": matlabFile({
      synsets: {
        structs: [
          { ILSVRC2012_ID: 1, WNID: fox, words: "kit fox, Vulpes macrotis" },
          { ILSVRC2012_ID: 449, WNID: tench, words: "tench, Tinca tinca" },
          { ILSVRC2012_ID: 450, WNID: goldfish, words: "goldfish" },
        ],
      },
    }),
  },
  "the development kit's numbers": {
    "ILSVRC2012_devkit_t12/data/ILSVRC2012_validation_ground_truth.txt": "1\n449\n450\n",
    "ILSVRC2012_devkit_t12/data/map_clsloc.txt":
      `${fox} 1 kit_fox\n${tench} 449 tench\n${goldfish} 450 goldfish\n`,
  },
};

for (const [name, list] of Object.entries(lists)) {
  Deno.test(`ImageNet's flat validation images are labeled by ${name}`, async () => {
    await withFolder({ ...train(), ...flat(), ...list }, async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual(dataset.classes.map(({ id }) => id), [tench, goldfish, fox]);
      assert.deepEqual(countClasses(dataset, dataset.train), [1, 1, 1]);
      assert.deepEqual(labels(dataset.validation), expected);
      if (name.includes("meta.mat")) assert.equal(dataset.classes[2]?.name, "kit fox");
      assert.deepEqual(dataset.warnings, []);
      assert.deepEqual(dataset.unused, []);
    });
  });
}

Deno.test("ImageNet's official folders are read, with names and without the test images", async () => {
  const files = {
    ...train("ILSVRC2012_img_train"),
    ...flat("ILSVRC2012_img_val"),
    ...images("ILSVRC2012_img_test_v10102019", "ILSVRC2012_test_00000001.JPEG"),
    "LOC_val_solution.csv": solution,
    "LOC_synset_mapping.txt":
      `${tench} tench, Tinca tinca\n${goldfish} goldfish, x\n${fox} kit fox\n`,
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["tench", "goldfish", "kit fox"]);
    assert.deepEqual(labels(dataset.validation), expected);
    assert.equal(dataset.test, undefined);
    assert.deepEqual(dataset.unused, [{
      reason: "test images without labels",
      count: 1,
      examples: ["ILSVRC2012_img_test_v10102019/ILSVRC2012_test_00000001.JPEG"],
    }]);
    const two = await loadDataset(folder, { classes: [fox, tench], validationFraction: 0.5 });
    assert.deepEqual(labels(two.validation), { [valName(1)]: 0, [valName(2)]: 1 });
    assert.match(two.warnings.join(), /fraction has no effect: ILSVRC2012_img_val holds/);
  });
});

Deno.test("ImageNet's class folders of valprep.sh are read with the names of a list", async () => {
  const files = {
    ...train(),
    ...images(`val/${tench}`, valName(1)),
    ...images(`val/${goldfish}`, valName(2)),
    "synset_words.txt": `${tench} tench, Tinca tinca\n${fox} kit fox, Vulpes macrotis\n`,
  };
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["tench", goldfish, "kit fox"]);
    assert.deepEqual([...dataset.validation.labels], [0, 1]);
    assert.deepEqual(dataset.warnings, [`The class ${fox} has no validation images`]);
  });
});

Deno.test("ImageNet without a validation folder holds training images out", async () => {
  const more = images(`ILSVRC2012_img_train/${fox}`, "2.JPEG", "3.JPEG");
  await withFolder({ ...train("ILSVRC2012_img_train"), ...more }, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual([...dataset.train.labels], [0, 1, 2, 2]);
    assert.deepEqual([...dataset.validation.labels], [2]);
    assert.match(dataset.warnings.join(), /10 % of the training images are held out by seed 1/);
  });
});

Deno.test("ImageNet's numbers without a list are taken for the sorted folders, and that is said", async () => {
  const list = { "val.txt": `${valName(1)} 2\n${valName(2)} 0\n${valName(3)} 1\n` };
  await withFolder({ ...train(), ...flat(), ...list }, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(labels(dataset.validation), expected);
    assert.match(dataset.warnings.join(), /val\.txt are taken for positions among the sorted/);
  });
});

const refused: readonly (readonly [string, Content, RegExp, LoadOptions?])[] = [
  [
    "nothing",
    {},
    /labels of the 3 images in .*val are missing: .*LOC_val_solution\.csv.*valprep\.sh/,
  ],
  [
    "the development kit's numbers alone",
    { "ILSVRC2012_validation_ground_truth.txt": "1\n2\n3\n", "synsets.txt": `${tench}\n${fox}\n` },
    /ILSVRC2012_ID, which is not the order of their wnids: put meta\.mat or map_clsloc\.txt/,
  ],
  ["a number too large", { "val.txt": `${valName(1)} 3\n` }, /line 1: .* 0 to 2 .*Received: .* 3$/],
  ["other names", { "LOC_val_solution.csv": `ImageId,PredictionString\nx,${fox} 1\n` }, /3 others/],
  [
    "a number that no class has",
    {
      "ILSVRC2012_validation_ground_truth.txt": "2\n",
      "map_clsloc.txt": `${fox} 1 kit_fox\n`,
    },
    /ground_truth\.txt, line 1: .*map_clsloc\.txt. Received: 2/,
  ],
];

for (const [name, list, message] of refused) {
  Deno.test(`ImageNet's flat validation images with ${name} are refused`, async () => {
    await withFolder({ ...train(), ...flat(), ...list }, async (folder) => {
      await assert.rejects(loadDataset(folder), { name: "DataError", message });
    });
  });
}

Deno.test("ImageNet's archives that are not unpacked are told", async () => {
  await withFolder({ [`ILSVRC2012_img_train/${tench}.tar`]: "-" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /<wnid>\/ \(its \.tar files, unpacked\) is missing/);
  });
});

Deno.test("many classes without validation images are one line", async () => {
  const ids = Array.from({ length: 8 }, (_, index) => `n0000000${index}`);
  const files = {
    ...train("train", ...ids),
    ...images(`val/${ids[0]}`, "1.JPEG"),
    "words.txt": "",
  };
  await withFolder(files, async (folder) => {
    const { warnings } = await loadDataset(folder);
    const shown = ids.slice(1, 6).join(", ");
    assert.deepEqual(warnings, [`7 classes have no validation images: ${shown}, …`]);
  });
});

Deno.test("Kaggle's ImageNet without validation images holds training images out if asked", async () => {
  const inside = "ILSVRC/Data/CLS-LOC/train";
  const more = images(`${inside}/${fox}`, "2.JPEG", "3.JPEG");
  await withFolder({ ...train(inside), ...more }, async (folder) => {
    const without = await loadDataset(folder);
    assert.equal(without.validation.length, 0);
    assert.match(without.warnings.join(), /val is missing; --validation-fraction 0\.1 holds out/);
    const dataset = await loadDataset(folder, { validationFraction: 0.1 });
    assert.deepEqual([...dataset.validation.labels], [2]);
    assert.equal(dataset.train.length, 4);
  });
});

Deno.test("Kaggle's test images are counted", async () => {
  const inside = "ILSVRC/Data/CLS-LOC";
  const files = {
    ...train(`${inside}/train`),
    ...flat(`${inside}/val`),
    ...images(`${inside}/test`, "ILSVRC2012_test_00000001.JPEG"),
    "LOC_val_solution.csv": solution,
  };
  await withFolder(files, async (folder) => {
    const { unused, validation } = await loadDataset(folder, { classes: [fox, tench] });
    assert.deepEqual(labels(validation), { [valName(1)]: 0, [valName(2)]: 1 });
    assert.deepEqual(unused?.map(({ reason, count }) => [reason, count]), [
      ["test images without labels", 1],
      ["folders of classes that were not selected", 1],
    ]);
  });
});
