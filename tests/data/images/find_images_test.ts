import { join } from "@std/path";
import assert from "node:assert/strict";
import { findImages } from "../../../lib/data/images/find_images.ts";
import { inFolder } from "../../in_folder.ts";

/** Creates empty files in a folder. */
async function touch(folder: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), "");
  }
}

Deno.test("findImages() lists files, and the images in and below folders", () =>
  inFolder(async (folder) => {
    await touch(folder, "b.JPG", "a.png", "notes.txt", ".hidden.png", "deep/er/c.webp", "photo");
    const at = (name: string): string => join(folder, name);
    assert.deepEqual(await findImages([at("photo"), folder, at("a.png")]), [
      ...[at("photo"), at("a.png"), at("b.JPG"), at("deep/er/c.webp")],
    ]);
  }));

Deno.test("findImages() expands * and ? in the last part of a path", () =>
  inFolder(async (folder) => {
    await touch(folder, "b1.jpg", "b2.jpg", "b10.jpg", "c.png", "b.txt", ".b3.jpg", "a/b4.jpg");
    const found = async (pattern: string): Promise<string[]> =>
      (await findImages([join(folder, pattern)])).map((path) => path.slice(folder.length + 1));
    assert.deepEqual(await found("*.jpg"), ["b1.jpg", "b10.jpg", "b2.jpg"]);
    assert.deepEqual(await found("b?.*"), ["b1.jpg", "b2.jpg"]);
    await assert.rejects(
      found("*.gif"),
      /must be existing files or folders\. Received: .*\*\.gif$/,
    );
    await assert.rejects(found("none/*.jpg"), /must be existing files or folders/);
    if (Deno.build.os === "windows") return;
    // A file may have such a name itself.
    await touch(folder, "?.jpg");
    assert.deepEqual(await found("?.jpg"), ["?.jpg"]);
  }));

Deno.test("findImages() rejects URLs, folders without images and missing paths", () =>
  inFolder(async (folder) => {
    await touch(folder, "notes.txt");
    await assert.rejects(
      findImages(["https://example.org/bison.jpg"]),
      /must be files or folders; download .* Received: https:\/\/example\.org\/bison\.jpg$/,
    );
    await assert.rejects(findImages([folder]), /holds no image files \(jpg, /);
    await assert.rejects(findImages([join(folder, "x.jpg")]), /be existing .* Received: .*x.jpg$/);
  }));

Deno.test("findImages() says which files of a folder it left out, and how many lie below it", () =>
  inFolder(async (folder) => {
    await touch(folder, "a.jpg", "b.jfif", "c.jpe", "d.avif", "e.heic", "f.HEIC", "g.svg");
    await touch(folder, "notes.txt", ".DS_Store", "Thumbs.db", "2019/h.jpg", "2019/i.cr2");
    const lines: string[] = [];
    const found = await findImages([folder], { onMessage: (line) => lines.push(line) });
    assert.equal(found.length, 5);
    assert.deepEqual(lines, [
      `left out: 2 .heic, 1 .svg, 1 .cr2, 1 other file in ${folder}`,
      `1 of 5 images are in subfolders of ${folder}`,
    ]);
    // Nothing is said of a folder that has only pictures.
    await findImages([join(folder, "a.jpg")], { onMessage: assert.fail });
    await touch(folder, "only/j.jpg");
    await findImages([join(folder, "only")], { onMessage: assert.fail });
    // A slash at the end is no subfolder.
    await findImages([`${join(folder, "only")}/`], { onMessage: assert.fail });
    await touch(folder, "none/k.heic");
    await assert.rejects(findImages([join(folder, "none")]), /, ppm\)\. Received: 1 \.heic$/);
  }));

Deno.test({
  name: "findImages() follows links but not in circles",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await touch(folder, "set/cat/1.jpg", "set/dog/2.jpg");
      // Two links in each folder lead back up, so that the number of paths would grow without end.
      for (const name of ["cat/up", "cat/above", "dog/up", "dog/above"]) {
        await Deno.symlink("..", join(folder, "set", name));
      }
      await Deno.symlink("cat", join(folder, "set", "other"));
      const found = await findImages([join(folder, "set")]);
      assert.deepEqual(found.map((path) => path.slice(folder.length)), [
        ...["/set/cat/1.jpg", "/set/dog/2.jpg", "/set/other/1.jpg"],
      ]);
    }),
});
