import { join } from "@std/path";
import assert from "node:assert/strict";
import { drawn10 } from "../../../lib/data/drawn10/mod.ts";
import type { Split } from "../../../lib/data/dataset.ts";
import { type PreparedSplit, prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { subset } from "../../../lib/data/subset.ts";
import { inFolder } from "../../in_folder.ts";
import { graySplit } from "../support.ts";

const resize = { mode: "stretch", size: 8 } as const;

/** A split of squares of one gray each that is drawn, and counts its drawings. */
function drawnSplit(name = "gray", length = 250): { split: Split; drawings: () => number } {
  let count = 0;
  const gray = graySplit(Array.from({ length }, (_, index) => index % 2), 8);
  return {
    split: {
      ...gray,
      drawnAs: name,
      image: (index, size) => {
        count++;
        return gray.image(index, size);
      },
    },
    drawings: () => count,
  };
}

/** Prepares a split, and returns its digest, its messages and what was told of the progress. */
async function prepare(
  split: Split,
  cacheDirectory: string,
  signal?: AbortSignal,
): Promise<{ digest: string; messages: string[]; verbs: Set<string> }> {
  const [messages, verbs]: [string[], Set<string>] = [[], new Set()];
  await using prepared: PreparedSplit = await prepareImages(split, resize, {
    cacheDirectory,
    onMessage: (line) => messages.push(line),
    onProgress: (_done, _total, { verb }) => verbs.add(verb),
    ...(signal ? { signal } : {}),
  });
  return { digest: prepared.digest, messages, verbs };
}

async function filesIn(folder: string): Promise<string[]> {
  const files = await Array.fromAsync(Deno.readDir(join(folder, "drawn"))).catch(() => []);
  return files.map(({ name }) => name).sort();
}

Deno.test("prepareImages() draws a split once, and then reads the same images", () =>
  inFolder(async (folder) => {
    const [first, second] = [drawnSplit(), drawnSplit()];
    const drawn = await prepare(first.split, folder);
    const read = await prepare(second.split, folder);
    assert.deepEqual([first.drawings(), second.drawings()], [250, 0]);
    assert.equal(read.digest, drawn.digest);
    assert.deepEqual([[...drawn.verbs], [...read.verbs]], [["Drawing"], ["Reading"]]);
    assert.deepEqual([...drawn.messages, ...read.messages], []);
    assert.deepEqual(await filesIn(folder), ["gray-8px.rgb"]);
  }));

Deno.test("prepareImages() reads a file of drawn images in few parts", () =>
  inFolder(async (folder) => {
    await prepare(drawnSplit().split, folder);
    const { read } = Deno.FsFile.prototype;
    let reads = 0;
    Deno.FsFile.prototype.read = function (into): Promise<number | null> {
      reads++;
      return read.call(this, into);
    };
    try {
      await prepare(drawnSplit().split, folder);
    } finally {
      Deno.FsFile.prototype.read = read;
    }
    assert.ok(reads >= 2 && reads < 10, `${reads} reads of 250 images`);
  }));

Deno.test("prepareImages() finds a damaged file of drawn images, says so and draws again", () =>
  inFolder(async (folder) => {
    const { digest } = await prepare(drawnSplit().split, folder);
    const path = join(folder, "drawn", "gray-8px.rgb");
    const good = await Deno.readFile(path);
    const flipped = good.slice();
    flipped[1000]! ^= 1;
    for (const damaged of [flipped, good.slice(0, -1), new Uint8Array()]) {
      await Deno.writeFile(path, damaged);
      const { split, drawings } = drawnSplit();
      const again = await prepare(split, folder);
      assert.deepEqual(again.messages, [`${path} is damaged: its images are drawn again`]);
      assert.deepEqual([again.digest, drawings()], [digest, 250]);
      assert.deepEqual(await Deno.readFile(path), good);
    }
    // A file that was renamed holds other images.
    await Deno.rename(path, join(folder, "drawn", "other-8px.rgb"));
    const { split, drawings } = drawnSplit("other");
    assert.match((await prepare(split, folder)).messages.join(), /is damaged/);
    assert.equal(drawings(), 250);
  }));

Deno.test("prepareImages() keeps nothing of drawings that were interrupted", () =>
  inFolder(async (folder) => {
    const controller = new AbortController();
    const { split } = drawnSplit();
    const half: Split = {
      ...split,
      image: async (index, size) => {
        if (index === 120) controller.abort(new Error("enough"));
        return await split.image(index, size);
      },
    };
    await assert.rejects(prepare(half, folder, controller.signal), /enough/);
    assert.deepEqual(await filesIn(folder), []);
  }));

Deno.test("prepareImages() lets two callers draw the same split at the same time", () =>
  inFolder(async (folder) => {
    const results = await Promise.all([1, 2, 3].map(() => prepare(drawnSplit().split, folder)));
    assert.equal(new Set(results.map(({ digest }) => digest)).size, 1);
    assert.deepEqual(results.flatMap(({ messages }) => messages), []);
    assert.deepEqual(await filesIn(folder), ["gray-8px.rgb"]);
    const { split, drawings } = drawnSplit();
    await prepare(split, folder);
    assert.equal(drawings(), 0);
  }));

Deno.test("prepareImages() trains on without a file where none can be written", () =>
  inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "drawn"), "a file in the place of the folder");
    const { messages } = await prepare(drawnSplit().split, folder);
    assert.match(messages.at(-1)!, /gray-8px\.rgb cannot be written \(.+\): its images are drawn/);
  }));

Deno.test("prepareImages() keeps files for large splits only, and removes abandoned ones", () =>
  inFolder(async (folder) => {
    await prepare(drawnSplit("few", 199).split, folder);
    assert.deepEqual(await filesIn(folder), []);
    await Deno.mkdir(join(folder, "drawn"));
    const abandoned = join(folder, "drawn", "gray-8px.rgb.0123abcd.tmp");
    const recent = join(folder, "drawn", "gray-8px.rgb.4567abcd.tmp");
    for (const path of [abandoned, recent]) await Deno.writeTextFile(path, "half");
    const twoHoursAgo = new Date(Date.now() - 7_200_000);
    await Deno.utime(abandoned, twoHoursAgo, twoHoursAgo);
    await prepare(drawnSplit().split, folder);
    assert.deepEqual(await filesIn(folder), ["gray-8px.rgb", "gray-8px.rgb.4567abcd.tmp"]);
  }));

Deno.test("prepareImages() deletes the files that were used longest ago when there are too many", () =>
  inFolder(async (folder) => {
    await Deno.mkdir(join(folder, "drawn"));
    for (const [name, hours, gib] of [["old", 3, 0.6], ["new", 1, 0.6]] as const) {
      const path = join(folder, "drawn", `${name}.rgb`);
      using file = await Deno.open(path, { write: true, create: true });
      // The file has no blocks on the disk.
      await file.truncate(gib * 2 ** 30);
      const time = new Date(Date.now() - hours * 3_600_000);
      await Deno.utime(path, time, time);
    }
    await prepare(drawnSplit().split, folder);
    assert.deepEqual(await filesIn(folder), ["gray-8px.rgb", "new.rgb"]);
  }));

Deno.test("drawn10() names its splits by seed, part and count, and subsets by their images", () => {
  const { train, validation } = drawn10();
  const names = [
    train,
    validation,
    drawn10({ seed: 2 }).train,
    drawn10({ trainPerClass: 40 }).train,
    subset(train, [0, 1]),
    subset(train, [1, 0]),
  ].map(({ drawnAs }) => drawnAs);
  assert.equal(new Set(names).size, names.length);
  assert.match(names[0]!, /^drawn10-v\d+-seed1-train-4000$/);
  assert.equal(subset(drawn10().train, [0, 1]).drawnAs, names[4]);
  assert.equal(subset(graySplit([0, 1]), [0]).drawnAs, undefined);
});
