import assert from "node:assert/strict";
import { join } from "@std/path";
import { findImages } from "../../../lib/data/images/find_images.ts";
import { inFolder } from "../../in_folder.ts";

/** Writes empty files into a folder. */
async function touch(folder: string, ...names: string[]): Promise<void> {
  for (const name of names) {
    await Deno.mkdir(join(folder, name, ".."), { recursive: true });
    await Deno.writeTextFile(join(folder, name), "");
  }
}

Deno.test("findImages() takes files as they are, and of folders the images in and below them", () =>
  inFolder(async (folder) => {
    await touch(folder, "b.JPG", "a.png", "notes.txt", ".hidden.png", "deep/er/c.webp", "photo");
    const at = (name: string): string => join(folder, name);
    assert.deepEqual(await findImages([at("photo"), folder, at("a.png")]), [
      ...[at("photo"), at("a.png"), at("b.JPG"), at("deep/er/c.webp")],
    ]);
  }));

Deno.test("findImages() refuses addresses, empty folders, and what is not there", () =>
  inFolder(async (folder) => {
    await touch(folder, "notes.txt");
    await assert.rejects(
      findImages(["https://example.org/bison.jpg"]),
      /must be files or folders; download .* Received: https:\/\/example\.org\/bison\.jpg$/,
    );
    await assert.rejects(findImages([folder]), /holds no image files \(jpg, /);
    await assert.rejects(findImages([join(folder, "x.jpg")]), /that are there. Received: .*x.jpg$/);
  }));

Deno.test({
  name: "findImages() follows links, but not round in circles",
  ignore: Deno.build.os === "windows",
  fn: () =>
    inFolder(async (folder) => {
      await touch(folder, "set/cat/1.jpg", "set/dog/2.jpg");
      // From each folder two ways lead up again: without end, and ever more of them.
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
