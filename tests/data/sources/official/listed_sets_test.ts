import assert from "node:assert/strict";
import type { Dataset } from "../../../../lib/data/dataset.ts";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { withFolder } from "../../support.ts";
import { matlabFile } from "../records/matlab_files.ts";

type Files = Record<string, string | Uint8Array>;

function images(...paths: readonly string[]): Files {
  return Object.fromEntries(paths.map((path) => [path, "-"]));
}

/** The class of each image of a data set, with the split that it is in. */
function samples({ classes, train, validation, test }: Dataset): Record<string, string> {
  const splits = { training: [train, validation], test: [test!] };
  return Object.fromEntries(
    Object.entries(splits).flatMap(([name, parts]) =>
      parts.flatMap((split) =>
        Array.from(split.labels, (label, index) => [
          split.path(index).split("/").at(-1)!,
          `${name} ${classes[label]!.name}`,
        ])
      )
    ),
  );
}

const sets: Record<string, { files: Files; expected: Record<string, string> }> = {
  "Food-101": {
    files: {
      ...images("food-101/images/apple_pie/1.jpg", "food-101/images/apple_pie/2.jpg"),
      ...images("food-101/images/waffles/3.jpg", "food-101/images/waffles/4.jpg"),
      "food-101/meta/train.txt": "waffles/3\napple_pie/1\n",
      "food-101/meta/test.txt": "apple_pie/2\nwaffles/4\n",
      "food-101/meta/classes.txt": "apple_pie\nwaffles\n",
      "food-101/meta/labels.txt": "Apple pie\nWaffles\n",
    },
    expected: {
      "1.jpg": "training Apple pie",
      "2.jpg": "test Apple pie",
      "3.jpg": "training Waffles",
      "4.jpg": "test Waffles",
    },
  },
  "CUB-200-2011": {
    files: {
      ...images("CUB_200_2011/images/001.Black_footed_Albatross/B_1.jpg"),
      ...images("CUB_200_2011/images/002.Laysan_Albatross/L_1.jpg"),
      ...images("CUB_200_2011/images/002.Laysan_Albatross/L_2.jpg"),
      "CUB_200_2011/images.txt": "1 001.Black_footed_Albatross/B_1.jpg\n" +
        "2 002.Laysan_Albatross/L_1.jpg\n3 002.Laysan_Albatross/L_2.jpg\n",
      "CUB_200_2011/train_test_split.txt": "1 1\n2 0\n3 1\n",
      "CUB_200_2011/image_class_labels.txt": "1 1\n2 2\n3 2\n",
    },
    expected: {
      "B_1.jpg": "training Black footed Albatross",
      "L_1.jpg": "test Laysan Albatross",
      "L_2.jpg": "training Laysan Albatross",
    },
  },
  "Oxford-IIIT Pets": {
    files: {
      ...images("images/Abyssinian_1.jpg", "images/saint_bernard_2.jpg", "images/Abyssinian_3.jpg"),
      "annotations/trainval.txt": "Abyssinian_1 1 1 1\nsaint_bernard_2 30 2 20\n",
      "annotations/test.txt": "#Image CLASS-ID SPECIES BREED ID\nAbyssinian_3 1 1 1\n",
    },
    expected: {
      "Abyssinian_1.jpg": "training Abyssinian",
      "saint_bernard_2.jpg": "training saint bernard",
      "Abyssinian_3.jpg": "test Abyssinian",
    },
  },
  "Stanford Dogs": {
    files: {
      ...images("Images/n02085620-Chihuahua/a.jpg", "Images/n02085620-Chihuahua/b.jpg"),
      ...images("Images/n02107142-Doberman/c.jpg"),
      "train_list.mat": matlabFile({
        file_list: ["n02085620-Chihuahua/a.jpg", "n02107142-Doberman/c.jpg"],
      }),
      "test_list.mat": matlabFile({ file_list: ["n02085620-Chihuahua/b.jpg"] }),
    },
    expected: {
      "a.jpg": "training Chihuahua",
      "b.jpg": "test Chihuahua",
      "c.jpg": "training Doberman",
    },
  },
};

for (const [name, { files, expected }] of Object.entries(sets)) {
  Deno.test(`${name} is read by its lists`, async () => {
    await withFolder({ ...files, "notes.txt": "-" }, async (folder) => {
      const dataset = await loadDataset(folder);
      assert.deepEqual(samples(dataset), expected);
      assert.match(dataset.warnings.join(), /10 % of the training images are held out by seed 1/);
      const unused = dataset.unused?.flatMap(({ examples }) => examples);
      assert.deepEqual(unused, ["notes.txt"]);
    });
  });
}

Deno.test("lists of official sets are checked", async () => {
  const pets = sets["Oxford-IIIT Pets"]!.files;
  await withFolder({ ...pets, "annotations/test.txt": "cat 1\n" }, async (folder) => {
    await assert.rejects(loadDataset(folder), /test\.txt must name an image .*Received: cat 1/);
  });
  const food = { ...sets["Food-101"]!.files, "food-101/meta/test.txt": "\n" };
  await withFolder(food, async (folder) => {
    await assert.rejects(loadDataset(folder), /test\.txt must have lines. Received: none/);
  });
});
