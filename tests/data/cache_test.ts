import assert from "node:assert/strict";
import { preparePictures, requireClasses } from "../../lib/data/cache.ts";
import { BrokenImageError, type Split } from "../../lib/data/dataset.ts";
import { ilsvrc } from "../../lib/data/ilsvrc.ts";
import { greySplit, sharedData, withFolder, withSharedData } from "./support.ts";

const fit = { mode: "squash", size: 4 } as const;

/** A split of which some samples are broken. */
function withBroken(split: Split, broken: readonly number[]): Split {
  return {
    ...split,
    picture: (index, fit) =>
      broken.includes(index)
        ? Promise.reject(new BrokenImageError(split.path(index), "torn"))
        : split.picture(index, fit),
  };
}

Deno.test("preparePictures() leaves broken files out and keeps the samples' numbers", async () => {
  const prepared = await preparePictures(withBroken(greySplit([0, 1, 0, 1, 2]), [3, 1]), fit);
  assert.equal(prepared.length, 3);
  assert.deepEqual([...prepared.samples], [0, 2, 4]);
  assert.deepEqual([...prepared.labels], [0, 0, 2]);
  assert.equal(prepared.path(2), "grey/4.png");
  assert.equal((await prepared.picture(1)).data[0], 2);
  assert.deepEqual(prepared.broken, [
    { path: "grey/1.png", reason: "torn" },
    { path: "grey/3.png", reason: "torn" },
  ]);
  await prepared.dispose();
});

Deno.test("preparePictures() keeps what memory does not hold in one file, and removes it", async () => {
  await withFolder({}, async (cacheDirectory) => {
    const split = greySplit(Array(20).fill(0), 6);
    const prepared = await preparePictures(split, fit, { memoryLimit: 10, cacheDirectory });
    const pictures = await Promise.all([19, 0, 7, 7].map((index) => prepared.picture(index)));
    assert.deepEqual(pictures.map(({ data }) => data[107]), [19, 0, 7, 7]);
    assert.deepEqual([pictures[0]?.width, pictures[0]?.height], [6, 6]);
    await prepared.dispose();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(cacheDirectory)), []);
  });
});

Deno.test("preparePictures() decodes a few at once, reports, and stops when told to", async () => {
  let [underWay, most] = [0, 0];
  const grey = greySplit(Array(9).fill(0));
  const slow: Split = {
    ...grey,
    picture: async (index, fit) => {
      most = Math.max(most, ++underWay);
      await new Promise((resolve) => setTimeout(resolve, 1));
      underWay--;
      return await grey.picture(index, fit);
    },
  };
  const seen: number[] = [];
  const onProgress = (done: number, total: number): void => void seen.push(done / total);
  await (await preparePictures(slow, fit, { concurrency: 3, onProgress })).dispose();
  assert.equal(most, 3);
  assert.deepEqual(seen.map((share) => Math.round(share * 9)), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(preparePictures(slow, fit, { signal }), /enough/);
});

Deno.test("preparePictures() passes on errors that are not a picture's", async () => {
  const split: Split = {
    ...greySplit([0, 1]),
    picture: () => Promise.reject(new Error("disk gone")),
  };
  await assert.rejects(preparePictures(split, fit), /disk gone/);
});

Deno.test("requireClasses() names a class of which nothing is readable, and why", async () => {
  const classes = [{ id: "a", name: "a" }, { id: "n2", name: "bison" }];
  const prepared = await preparePictures(withBroken(greySplit([0, 0, 1, 1]), [0, 2, 3]), fit);
  assert.throws(() => requireClasses(prepared, classes), {
    name: "DataError",
    message: "The class n2 (bison) has no readable training image. The first: grey/2.png: torn",
  });
  requireClasses(prepared, classes.slice(0, 1));
  await prepared.dispose();
  const withoutImages = await preparePictures(withBroken(greySplit([0, 0]), [1]), fit);
  assert.throws(() => requireClasses(withoutImages, classes), {
    message: "The class n2 (bison) has no readable training image",
  });
  await withoutImages.dispose();
});

withSharedData("preparePictures() skips and names the broken files of a real folder", async () => {
  const { train } = await ilsvrc(`${sharedData}/ilsvrc-broken`);
  const prepared = await preparePictures(train, { mode: "squash", size: 32 });
  assert.equal(train.length, 14);
  // Two files are damaged inside their picture; libjpeg decodes them all the same.
  assert.deepEqual(
    [0, 1].map((index) => prepared.path(index).split("/").at(-1)),
    ["n02410509_9005.JPEG", "n02483708_9011.JPEG"],
  );
  assert.equal(prepared.length, 2);
  assert.equal(prepared.broken.length, 12);
  assert.match(prepared.broken[0]?.path ?? "", /n02033041_9002\.JPEG$/);
  await prepared.dispose();
});
