import assert from "node:assert/strict";
import type { Split } from "../../../lib/data/dataset.ts";
import { prepareImages, requireClasses } from "../../../lib/data/pipeline/prepared_split.ts";
import { ilsvrc } from "../../../lib/data/sources/ilsvrc.ts";
import { graySplit, sharedData, withBroken, withFolder, withSharedData } from "../support.ts";

const resize = { mode: "stretch", size: 4 } as const;

Deno.test("prepareImages() leaves out broken files and keeps the index of every sample", async () => {
  const prepared = await prepareImages(withBroken(graySplit([0, 1, 0, 1, 2]), [3, 1]), resize);
  assert.equal(prepared.length, 3);
  assert.deepEqual([...prepared.samples], [0, 2, 4]);
  assert.deepEqual([...prepared.labels], [0, 0, 2]);
  assert.equal(prepared.path(2), "gray/4.png");
  assert.equal((await prepared.image(1)).data[0], 2);
  assert.deepEqual(prepared.broken, [
    { path: "gray/1.png", reason: "torn" },
    { path: "gray/3.png", reason: "torn" },
  ]);
  await prepared.dispose();
});

Deno.test("prepareImages() keeps images above the memory limit in one file, and deletes it", async () => {
  await withFolder({}, async (cacheDirectory) => {
    const split = graySplit(Array(20).fill(0), 6);
    const prepared = await prepareImages(split, resize, { memoryLimit: 10, cacheDirectory });
    const images = await Promise.all([19, 0, 7, 7].map((index) => prepared.image(index)));
    assert.deepEqual(images.map(({ data }) => data[107]), [19, 0, 7, 7]);
    assert.deepEqual([images[0]?.width, images[0]?.height], [6, 6]);
    await prepared.dispose();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(cacheDirectory)), []);
  });
});

Deno.test("prepareImages() decodes several images at once, reports progress and can be aborted", async () => {
  let [running, maxRunning] = [0, 0];
  const gray = graySplit(Array(9).fill(0));
  const slow: Split = {
    ...gray,
    image: async (index, resize) => {
      maxRunning = Math.max(maxRunning, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return await gray.image(index, resize);
    },
  };
  const reported: number[] = [];
  const onProgress = (done: number, total: number): void => void reported.push(done / total);
  await (await prepareImages(slow, resize, { concurrency: 3, onProgress })).dispose();
  assert.equal(maxRunning, 3);
  assert.deepEqual(reported.map((part) => Math.round(part * 9)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(prepareImages(slow, resize, { signal }), /enough/);
});

Deno.test("prepareImages() throws errors that are not about an image", async () => {
  const split: Split = {
    ...graySplit([0, 1]),
    image: () => Promise.reject(new Error("disk gone")),
  };
  await assert.rejects(prepareImages(split, resize), /disk gone/);
});

Deno.test("requireClasses() names a class without readable images and its first broken file", async () => {
  const classes = [{ id: "a", name: "a" }, { id: "n2", name: "bison" }];
  const prepared = await prepareImages(withBroken(graySplit([0, 0, 1, 1]), [0, 2, 3]), resize);
  assert.throws(() => requireClasses(prepared, classes), {
    name: "DataError",
    message: "The class n2 (bison) has no readable training image. The first: gray/2.png: torn",
  });
  requireClasses(prepared, classes.slice(0, 1));
  await prepared.dispose();
  const withoutImages = await prepareImages(withBroken(graySplit([0, 0]), [1]), resize);
  assert.throws(() => requireClasses(withoutImages, classes), {
    message: "The class n2 (bison) has no readable training image",
  });
  await withoutImages.dispose();
});

withSharedData("prepareImages() skips and names the broken files of a real folder", async () => {
  const { train } = await ilsvrc(`${sharedData}/ilsvrc-broken`);
  const prepared = await prepareImages(train, { mode: "stretch", size: 32 });
  assert.equal(train.length, 14);
  // Two files are damaged inside the image data; libjpeg still decodes them.
  assert.deepEqual(
    [0, 1].map((index) => prepared.path(index).split("/").at(-1)),
    ["n02410509_9005.JPEG", "n02483708_9011.JPEG"],
  );
  assert.equal(prepared.length, 2);
  assert.equal(prepared.broken.length, 12);
  assert.match(prepared.broken[0]?.path ?? "", /n02033041_9002\.JPEG$/);
  await prepared.dispose();
});
