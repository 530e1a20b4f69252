import assert from "node:assert/strict";
import { measureColors } from "../../../lib/data/augment/colors.ts";
import type { Split } from "../../../lib/data/dataset.ts";
import { type Batch, batches, type BatchOptions } from "../../../lib/data/pipeline/batches.ts";
import { type PreparedSplit, prepareImages } from "../../../lib/data/pipeline/prepared_split.ts";
import { isOfFiles, streamImages } from "../../../lib/data/pipeline/streamed_split.ts";
import { fileSplit } from "../../../lib/data/sources/file_split.ts";
import { graySplit, withBroken, withFolder } from "../support.ts";

const resize = { mode: "stretch", size: 4 } as const;
const what = "training images";

/** A split that counts how often each sample is decoded. */
function counted(split: Split): { readonly split: Split; readonly decoded: number[] } {
  const decoded = Array.from(split.labels, () => 0);
  return {
    decoded,
    split: {
      ...split,
      image: (index, resize) => {
        decoded[index]!++;
        return split.image(index, resize);
      },
    },
  };
}

async function epochOf(
  split: PreparedSplit,
  epoch: number,
  options: Partial<BatchOptions> = {},
): Promise<Batch[]> {
  return await Array.fromAsync(batches(split, { batchSize: 4, seed: 3, epoch, ...options }));
}

const sixteen = graySplit(Array.from({ length: 16 }, (_, index) => index % 2));

Deno.test("streamImages() gives the batches and the colors of prepareImages()", () =>
  withFolder({}, async (cacheDirectory) => {
    await using prepared = await prepareImages(sixteen, resize);
    for (const passes of [1, 2]) {
      const options = { what, passes, cacheDirectory };
      await using streamed = await streamImages(sixteen, resize, options);
      for (const epoch of [1, 2]) {
        assert.deepEqual(await epochOf(streamed, epoch), await epochOf(prepared, epoch));
      }
      for (const part of [{ shard: { index: 1, of: 3 } }, { skip: 2 }]) {
        assert.deepEqual(await epochOf(streamed, 3, part), await epochOf(prepared, 3, part));
      }
      assert.deepEqual(await measureColors(streamed), await measureColors(prepared));
      assert.deepEqual([...streamed.samples], [...prepared.samples]);
    }
  }));

Deno.test("streamImages() decodes a sample and the first of each class, the others at their use", () =>
  withFolder({}, async (cacheDirectory) => {
    const { split, decoded } = counted(sixteen);
    const lines: string[] = [];
    const options = { ...{ what, passes: 2, sample: 3, cacheDirectory }, onMessage: add };
    function add(line: string): void {
      lines.push(line);
    }
    const streamed = await streamImages(split, resize, options);
    assert.deepEqual(decoded.flatMap((times, index) => times > 0 ? [index] : []), [0, 1, 5, 10]);
    await epochOf(streamed, 1);
    await epochOf(streamed, 2);
    assert.deepEqual(decoded, decoded.map(() => 1));
    assert.deepEqual([...streamed.statisticsSample!], [0, 5, 10]);
    const { mean } = await measureColors(streamed);
    assert.deepEqual(mean, [5, 5, 5]);
    await streamed.dispose();
    assert.deepEqual(await Array.fromAsync(Deno.readDir(cacheDirectory)), []);
    assert.match(lines.join(), /^16 training images are decoded as they are used, and kept in /);
  }));

Deno.test("streamImages() decodes each time for one pass, and where the disk has no room", () =>
  withFolder({}, async (cacheDirectory) => {
    for (const [passes, processes] of [[1, 1], [2, Number.MAX_VALUE]] as const) {
      const { split, decoded } = counted(sixteen);
      const lines: string[] = [];
      await using streamed = await streamImages(split, resize, {
        ...{ what, passes, processes, cacheDirectory },
        onMessage: (line) => lines.push(line),
      });
      const before = decoded.slice();
      await epochOf(streamed, 1);
      assert.deepEqual(decoded, before.map((times) => times + 1));
      assert.deepEqual(await Array.fromAsync(Deno.readDir(cacheDirectory)), []);
      assert.equal(lines.length, 1);
      if (passes > 1) assert.match(lines[0]!, /again in every pass: .* GB are free, of which half/);
    }
  }));

Deno.test("streamImages() replaces a broken file by the next readable image of its class, told once", () =>
  withFolder({}, async (cacheDirectory) => {
    const { split, decoded } = counted(withBroken(sixteen, [4, 6, 14, 15]));
    const lines: string[] = [];
    await using streamed = await streamImages(split, resize, {
      ...{ what, passes: 2, sample: 1, cacheDirectory },
      onMessage: (line) => lines.push(line),
    });
    assert.deepEqual(streamed.broken, []);
    const gray = async (index: number): Promise<number> => (await streamed.image(index)).data[0]!;
    assert.equal(await gray(4), 8);
    assert.equal(await gray(14), 0);
    assert.equal(await gray(15), 1);
    assert.equal(await gray(4), 8);
    // The second time from the disk, and without reading the broken one again.
    assert.equal(decoded[4], 1);
    assert.deepEqual(streamed.broken.map(({ path }) => path), [4, 6, 14, 15].map(pathOf));
    assert.deepEqual([...streamed.brokenLabels], [0, 0, 0, 1]);
    assert.equal(streamed.length, 16);
    assert.equal(lines.length, 4);
    assert.match(lines[1]!, /^gray\/4.png cannot be decoded \(torn\): the next readable image of/);
    assert.match(lines[3]!, /; further ones of such files are only recorded$/);
    await assert.rejects(async () => await streamed.image(16), /must be 0 to 15. Received: 16/);
  }));

function pathOf(index: number): string {
  return `gray/${index}.png`;
}

Deno.test("streamImages() throws if a class has no readable image", async () => {
  const split = withBroken(graySplit([0, 0, 1, 1]), [0, 2, 3]);
  await assert.rejects(streamImages(split, resize, { what, passes: 1 }), {
    name: "DataError",
    message: "A class has no readable image among the training images. The first: gray/2.png: torn",
  });
});

Deno.test("streamImages() decodes a few images at once, whatever the batch, and can be aborted", async () => {
  let [running, most] = [0, 0];
  const split: Split = {
    ...sixteen,
    image: async (index, resize) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return await sixteen.image(index, resize);
    },
  };
  const options = { ...{ what, passes: 1, concurrency: 3 } };
  const streamed = await streamImages(split, resize, options);
  await Array.fromAsync(batches(streamed, { batchSize: 16 }));
  assert.equal(most, 3);
  await streamed.dispose();
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(streamImages(split, resize, { ...options, signal }), /enough/);
});

Deno.test("a streamed split is disposed of after the images that are being decoded", () =>
  withFolder({}, async (cacheDirectory) => {
    const lines: string[] = [];
    const streamed = await streamImages(sixteen, resize, {
      ...{ what, passes: 2, sample: 2, cacheDirectory },
      onMessage: (line) => lines.push(line),
    });
    const late = streamed.image(9);
    await streamed.dispose();
    assert.equal((await late).data[0], 9);
    assert.equal(lines.length, 1, lines.join());
  }));

Deno.test("a streamed split's digest knows labels and paths of all, and the pixels of its sample alone", async () => {
  const digest = async (change: Partial<Split> = {}): Promise<string> => {
    const options = { what, passes: 1, sample: 4 };
    await using streamed = await streamImages({ ...sixteen, ...change }, resize, options);
    return streamed.digest;
  };
  const own = await digest();
  assert.match(own, /^sample of 4: [0-9a-f]{64}$/);
  const brighter = (changed: number): Partial<Split> => ({
    image: async (index, resize) => {
      const image = await sixteen.image(index, resize);
      return index === changed ? { ...image, data: image.data.map((value) => value + 1) } : image;
    },
  });
  assert.notEqual(await digest(brighter(8)), own);
  assert.equal(await digest(brighter(9)), own);
  assert.notEqual(
    await digest({ path: (index) => index === 9 ? "other.png" : pathOf(index) }),
    own,
  );
  const labels = sixteen.labels.slice();
  labels[9] = 0;
  assert.notEqual(await digest({ labels }), own);
});

Deno.test("only image files of their own are streamed", () => {
  const files = fileSplit("photos", [{ path: "a/1.jpg", label: 0 }]);
  assert.ok(isOfFiles(files));
  assert.ok(!isOfFiles({ ...files, drawnAs: "drawn10" }));
  assert.ok(!isOfFiles(sixteen));
});
