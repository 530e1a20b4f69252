import assert from "node:assert/strict";
import { DataError } from "../../../../lib/data/errors.ts";
import { openImageFolder } from "../../../../lib/data/sources/class_folders/image_folder.ts";
import { splitFoldersLayout } from "../../../../lib/data/sources/class_folders/split_folders.ts";
import { testOnPosix } from "../../../test_on_posix.ts";
import { countClasses, withFolder } from "../../support.ts";

/** Placeholders for image files; nothing here decodes them. */
function files(...paths: string[]): Record<string, string> {
  return Object.fromEntries(paths.map((path) => [path, "-"]));
}

const clutter = files(
  ".DS_Store",
  "read.me",
  "cat/Thumbs.db",
  "cat/notes.txt",
  "cat/._00.jpg",
  "cat/.hidden/1.jpg",
);

function animals(count: number): Record<string, string> {
  const numbers = Array.from({ length: count }, (_, index) => String(index).padStart(2, "0"));
  return files(...numbers.flatMap((n) => [`cat/${n}.jpg`, `dog/${n}.PNG`]));
}

Deno.test("openImageFolder() splits each class by seed and skips clutter", async () => {
  await withFolder({ ...animals(20), ...clutter }, async (folder) => {
    const dataset = await openImageFolder(folder, { seed: 3 });
    assert.deepEqual(dataset.classes.map(({ id }) => id), ["cat", "dog"]);
    assert.deepEqual(countClasses(dataset, dataset.train), [16, 16]);
    assert.deepEqual(countClasses(dataset, dataset.validation), [4, 4]);
    const paths = (split: typeof dataset.train): string[] =>
      Array.from({ length: split.length }, (_, index) => split.path(index));
    const all = [...paths(dataset.train), ...paths(dataset.validation)].sort();
    assert.deepEqual(all, Object.keys(animals(20)).sort());
    const again = await openImageFolder(folder, { seed: 3 });
    assert.deepEqual(paths(again.validation), paths(dataset.validation));
    const other = await openImageFolder(folder, { seed: 4 });
    assert.notDeepEqual(paths(other.validation), paths(dataset.validation));
  });
});

testOnPosix(
  "openImageFolder() reads the subfolders of a class, and follows links that end",
  "links need a right",
  async () => {
    const paths = ["cat/2.jpg", "cat/2019/b.jfif", "cat/2019/5/a.avif", "dog/1.jpe", "dog/2.jpg"];
    await withFolder(files(...paths, "pool/3.jpg"), async (folder) => {
      await Deno.symlink("../pool", `${folder}/dog/linked`);
      await Deno.symlink("../..", `${folder}/cat/2019/loop`);
      const { train } = await openImageFolder(folder, {
        classes: ["cat", "dog"],
        validationFraction: 0,
      });
      assert.deepEqual(Array.from({ length: train.length }, (_, index) => train.path(index)), [
        ...["cat/2.jpg", "cat/2019/b.jfif", "cat/2019/5/a.avif"],
        ...["dog/1.jpe", "dog/2.jpg", "dog/linked/3.jpg"],
      ]);
    });
  },
);

Deno.test("openImageFolder() splits a class the same way when another class is added", async () => {
  const validation = async (more: Record<string, string>): Promise<string[]> => {
    let paths: string[] = [];
    await withFolder({ ...animals(10), ...more }, async (folder) => {
      const split = (await openImageFolder(folder)).validation;
      paths = Array.from({ length: split.length }, (_, index) => split.path(index));
    });
    return paths.filter((path) => path.startsWith("dog/"));
  };
  assert.deepEqual(await validation({}), await validation(files("ant/1.jpg", "ant/2.jpg")));
});

Deno.test("openImageFolder() keeps a class's only image for training, with a warning", async () => {
  await withFolder({ ...animals(5), ...files("ant/1.jpeg") }, async (folder) => {
    const dataset = await openImageFolder(folder);
    assert.deepEqual(countClasses(dataset, dataset.train), [1, 4, 4]);
    assert.deepEqual(dataset.warnings, ["The class ant has no validation images"]);
  });
});

Deno.test("openImageFolder() rejects an empty class folder, an unknown class and a bad fraction", async () => {
  await withFolder({ ...animals(2), ...files("ant/notes.txt") }, async (folder) => {
    await assert.rejects(openImageFolder(folder), /class folder .*ant holds no image files/);
    const chosen = await openImageFolder(folder, { classes: ["dog", "cat"] });
    assert.deepEqual(chosen.classes.map(({ id }) => id), ["dog", "cat"]);
    assert.match(chosen.train.path(0), /^dog\//);
    await assert.rejects(
      openImageFolder(folder, { classes: ["cow"] }),
      { name: "DataError", message: "classes must be of ant, cat, dog. Received: cow" },
    );
    await assert.rejects(openImageFolder(folder, { classes: ["cat", "cat"] }), /differ/);
    await assert.rejects(openImageFolder(folder, { validationFraction: 1 }), /Received: 1/);
  });
  await assert.rejects(openImageFolder("no/such/folder"), DataError);
});

Deno.test("splitFoldersLayout reads train and val folders and names its classes", async () => {
  const paths = ["n01440764", "n03445777"].flatMap((
    id,
  ) => [`train/${id}/a.JPEG`, `val/${id}/b.JPEG`]);
  await withFolder(files(...paths), async (folder) => {
    assert.ok((await splitFoldersLayout.recognize(folder))?.missing.length === 0);
    const dataset = await splitFoldersLayout.open(folder, { name: "pictures" });
    assert.deepEqual(dataset.classes.map(({ name }) => name), ["tench", "golf ball"]);
    assert.equal(dataset.train.path(1), "train/n03445777/a.JPEG");
    assert.equal(dataset.validation.path(0), "val/n01440764/b.JPEG");
    assert.deepEqual([...dataset.validation.labels], [0, 1]);
    assert.deepEqual(dataset.warnings, []);
  });
});

Deno.test("splitFoldersLayout warns of a class without validation images", async () => {
  await withFolder(files("train/cat/1.jpg", "train/dog/1.jpg", "val/dog/2.jpg"), async (folder) => {
    const dataset = await splitFoldersLayout.open(folder, { name: "pictures" });
    assert.deepEqual(dataset.warnings, ["The class cat has no validation images"]);
    assert.deepEqual([...dataset.validation.labels], [1]);
  });
});
