import assert from "node:assert/strict";
import { loadDataset } from "../../../../lib/data/open_dataset.ts";
import { countClasses, withFolder } from "../../support.ts";

function images(...folders: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    folders.flatMap((folder) => [1, 2, 3, 4, 5].map((n) => [`${folder}/image_000${n}.jpg`, "-"])),
  );
}

const root101 = "101_ObjectCategories";
const caltech101 = images(
  ...["BACKGROUND_Google", "Faces", "Faces_easy", "accordion"].map((name) => `${root101}/${name}`),
);

Deno.test("Caltech-101 is read without its background images, which are told", async () => {
  for (const inside of ["", "caltech-101/"]) {
    const files = Object.fromEntries(
      Object.entries(caltech101).map(([path, content]) => [inside + path, content]),
    );
    await withFolder(files, async (folder) => {
      for (const path of [folder, `${folder}/${inside}${root101}`]) {
        const dataset = await loadDataset(path);
        assert.deepEqual(dataset.classes.map(({ name }) => name), [
          "Faces",
          "Faces_easy",
          "accordion",
        ]);
        assert.deepEqual(countClasses(dataset, dataset.train), [4, 4, 4]);
        assert.deepEqual(countClasses(dataset, dataset.validation), [1, 1, 1]);
        assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
          ["BACKGROUND_Google, which is not a class", 5],
        ]);
        assert.ok(dataset.warnings.includes("BACKGROUND_Google is left out: it is not a class"));
      }
    });
  }
});

Deno.test("Caltech-256 is read without clutter, and with names without numbers", async () => {
  const root = "256_ObjectCategories";
  const files = images(
    ...["001.ak47", "002.american-flag", "257.clutter"].map((name) => `${root}/${name}`),
  );
  await withFolder(files, async (folder) => {
    const dataset = await loadDataset(folder);
    assert.deepEqual(dataset.classes, [
      { id: "001.ak47", name: "ak47" },
      { id: "002.american-flag", name: "american-flag" },
    ]);
    assert.deepEqual(dataset.unused?.map(({ reason, count }) => [reason, count]), [
      ["257.clutter, which is not a class", 5],
    ]);
    const { classes } = await loadDataset(folder, { classes: ["002.american-flag", "001.ak47"] });
    assert.equal(classes[0]?.name, "american-flag");
  });
});

Deno.test("class folders of other names are no Caltech", async () => {
  await withFolder(images("Faces", "accordion"), async (folder) => {
    const { classes, warnings } = await loadDataset(folder);
    assert.equal(classes.length, 2);
    assert.doesNotMatch(warnings.join(), /left out/);
  });
});
