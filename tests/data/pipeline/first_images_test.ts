import { join } from "@std/path";
import assert from "node:assert/strict";
import { encodePng } from "../../../lib/data/images/encode_png.ts";
import { streamImages } from "../../../lib/data/pipeline/streamed_split.ts";
import { checkFirstImages, firstOfEachClass } from "../../../lib/data/pipeline/first_images.ts";
import { fileSplit } from "../../../lib/data/sources/file_split.ts";
import { withFolder } from "../support.ts";

const png = await encodePng({ width: 2, height: 2, data: new Uint8Array(12).fill(7) });
const names = Array.from({ length: 12 }, (_, index) => `${Math.floor(index / 2)}/${index}.png`);
const list = names.map((path) => ({ path, label: Number(path.split("/")[0]) }));

/** Two images of each of six classes, of which some are broken. */
function files(broken: Readonly<Record<string, string | Uint8Array>>): Record<string, Uint8Array> {
  return { ...Object.fromEntries(names.map((name) => [name, png])), ...broken } as Record<
    string,
    Uint8Array
  >;
}

const cut = { "1/2.png": png.subarray(0, -6) }, page = { "5/10.png": "<!doctype html>" };

Deno.test("checkFirstImages() decodes a sample, and of the other classes what has a fault", () =>
  withFolder(files({ ...cut, ...page }), async (folder) => {
    const split = fileSplit(folder, list);
    const firsts = firstOfEachClass(split.labels);
    assert.deepEqual(firsts, [0, 2, 4, 6, 8, 10]);
    const decodedOf = async (sample: number): Promise<number[]> => {
      const decoded: number[] = [];
      const image = (index: number): Promise<number> => Promise.resolve(decoded.push(index));
      const checked = await Array.fromAsync(checkFirstImages(split, firsts, { sample, image }));
      assert.equal(checked.length, 6);
      return decoded.sort((one, other) => one - other);
    };
    assert.deepEqual(await decodedOf(6), firsts);
    assert.deepEqual(await decodedOf(1024), firsts);
    assert.deepEqual(await decodedOf(2), [0, 2, 6, 10]);
  }));

Deno.test("streamImages() says that it looks through files of many classes, and refuses one without an image", () =>
  withFolder(files(cut), async (folder) => {
    const lines: string[] = [];
    const options = { sample: 2, what: "training images", onMessage: lines.push.bind(lines) };
    const resize = { mode: "stretch", size: 2 } as const;
    await using streamed = await streamImages(fileSplit(folder, list), resize, options);
    assert.match(lines[1]!, /^of the first training images of 6 classes 2 are decoded; the files/);
    assert.deepEqual(streamed.broken.map(({ path }) => path), ["1/2.png"]);
    await Deno.truncate(join(folder, "1/3.png"), 40);
    await assert.rejects(
      async () => await streamImages(fileSplit(folder, list), resize, options),
      /A class has no readable image among the training images. The first: 1\/2.png/,
    );
  }));
